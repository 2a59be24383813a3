import { readdirSync, readFileSync } from 'node:fs';

/** What a process uses of the machine. */
export interface ProcessUse {
  readonly name: string;
  /** CPU time taken so far, milliseconds. */
  readonly cpuMs: number;
  /** Memory that is in the machine's, bytes. */
  readonly residentBytes: number;
  /** The same, what it shares with others divided among them. */
  readonly ownBytes: number;
}

/** A tick of the clock that Linux counts CPU time by, milliseconds. */
const tickMs = 10;

/** The process first, then all that it has started and what those have. */
export function processTree(pid: number): [ProcessUse, ...ProcessUse[]] {
  const parents = new Map(processIds().map((id) => [id, Number(statOf(id)[1])]));
  const childrenOf = (parent: number): number[] => [...parents].filter(([, of]) => of === parent).map(([id]) => id);
  const descendantsOf = (id: number): number[] => childrenOf(id).flatMap((child) => [child, ...descendantsOf(child)]);
  return [useOf(pid), ...descendantsOf(pid).map(useOf)];
}

function useOf(pid: number): ProcessUse {
  const stat = statOf(pid);
  return {
    name: readFileSync(`/proc/${pid}/comm`, 'utf8').trim(),
    cpuMs: (Number(stat[11]) + Number(stat[12])) * tickMs,
    residentBytes: memoryOf(pid, 'Rss'),
    ownBytes: memoryOf(pid, 'Pss'),
  };
}

function processIds(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** The fields of `/proc/PID/stat` that follow the name; none for a process that is gone. */
function statOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  } catch {
    return [];
  }
}

function memoryOf(pid: number, kind: 'Rss' | 'Pss'): number {
  const [, kib] = new RegExp(`^${kind}: +(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')) ?? [];
  return Number(kib) * 1_024;
}
