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

/** Nothing, of a process that is gone. */
function useOf(pid: number): ProcessUse {
  const stat = statOf(pid);
  return {
    name: readProc(pid, 'comm').trim(),
    cpuMs: (Number(stat[11] ?? 0) + Number(stat[12] ?? 0)) * tickMs,
    residentBytes: memoryOf(pid, 'Rss'),
    ownBytes: memoryOf(pid, 'Pss'),
  };
}

function processIds(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** The fields of `/proc/PID/stat` that follow the name. */
function statOf(pid: number): string[] {
  return readProc(pid, 'stat').split(') ').at(-1)?.split(' ') ?? [];
}

/** Empty for a process that is gone. */
function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

function memoryOf(pid: number, kind: 'Rss' | 'Pss'): number {
  const [, kib = 0] = new RegExp(`^${kind}: +(\\d+) kB`, 'm').exec(readProc(pid, 'smaps_rollup')) ?? [];
  return Number(kib) * 1_024;
}
