import { ConfigError } from '../errors.ts';

/** Offsets from `first` to `last`, both included. */
export interface OffsetRange {
  readonly first: number;
  readonly last: number;
}

/** How often a job was begun, and whether it is at it: found so by a later worker, the one before died over it. */
export interface Attempts {
  readonly count: number;
  readonly running: boolean;
}

/** What a position says beyond its offset. */
export interface PositionMetadata {
  /** Finished offsets beyond the position, in order. */
  readonly done: readonly OffsetRange[];
  /** By offset. Jobs that were never begun are not named. */
  readonly attempts: ReadonlyMap<number, Attempts>;
}

/**
 * What a broker stores beside an offset is 4096 bytes at most (`offset.metadata.max.bytes`), the NUL that the client
 * appends included.
 */
export const maxMetadataLength = 4_095;

const number = '[\\da-z]+';
const range = `${number}(?:-${number})?`;
const begun = `${number}:${number}!?`;
const pattern = new RegExp(`^v1(?: d(${range}(?:,${range})*))?(?: a(${begun}(?:,${begun})*))?$`);

const nothing: PositionMetadata = { done: [], attempts: new Map() };

/**
 * As text: `v1 d2,5-9 a0:1!,3:2`. Numbers are in base 36, offsets relative to the position. `d`: finished; `a`: begun so
 * many times, and `!` running. Empty when there is nothing to say.
 */
export function encodeMetadata(position: number, { done, attempts }: PositionMetadata): string {
  const relative = (offset: number): string => (offset - position).toString(36);
  const ranges = done.map(({ first, last }) => relative(first) + (last > first ? `-${relative(last)}` : ''));
  const marks = [...attempts].map(([offset, { count, running }]) => {
    return `${relative(offset)}:${count.toString(36)}${running ? '!' : ''}`;
  });
  const parts = [part('d', ranges), part('a', marks)].filter((text) => text !== '');
  return parts.length === 0 ? '' : ['v1', ...parts].join(' ');
}

function part(letter: string, entries: readonly string[]): string {
  return entries.length === 0 ? '' : letter + entries.join(',');
}

/**
 * Undefined when the text is not ours: another tool has set the position.
 * @throws ConfigError when a later version has written it: to go on without it would do finished jobs again
 */
export function decodeMetadata(position: number, text: string): PositionMetadata | undefined {
  if (text === '') return nothing;
  const version = /^v(\d+) /.exec(text)?.[1];
  if (version !== undefined && version !== '1') {
    throw new ConfigError(
      `the group's position was written by a newer Kafka Runner (format v${version}): update this program, or give it another group`,
    );
  }
  const [, done = '', attempts = ''] = pattern.exec(text) ?? [];
  if (done === '' && attempts === '') return undefined;
  const absolute = (relative: string): number => position + Number.parseInt(relative, 36);
  return {
    done: entriesOf(done).map((entry) => {
      const [first = '', last = first] = entry.split('-');
      return { first: absolute(first), last: absolute(last) };
    }),
    attempts: new Map(entriesOf(attempts).map((entry) => decodeAttempts(entry, absolute))),
  };
}

function entriesOf(list: string): string[] {
  return list === '' ? [] : list.split(',');
}

function decodeAttempts(entry: string, absolute: (relative: string) => number): [number, Attempts] {
  const [offset = '', count = ''] = entry.replace('!', '').split(':');
  return [absolute(offset), { count: Number.parseInt(count, 36), running: entry.endsWith('!') }];
}
