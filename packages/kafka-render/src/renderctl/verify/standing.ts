import type { GroupPosition } from 'kafka-runner';

/** What the group's position says of a job: over; begun and not over; or neither. */
export type Standing = 'finished' | 'begun' | 'waiting';

/** @param position undefined: the group has none on this partition, and has begun nothing of it */
export function standingOf(offset: number, position: GroupPosition | undefined): Standing {
  if (position === undefined) return 'waiting';
  if (offset < position.offset || isNamedFinished(offset, position)) return 'finished';
  return position.attempts.has(offset) ? 'begun' : 'waiting';
}

/** At most hundreds of ranges, and few jobs without a terminal record lie below the last of them. */
function isNamedFinished(offset: number, { done }: GroupPosition): boolean {
  const last = done.at(-1)?.last ?? -1;
  return offset <= last && done.some((range) => range.first <= offset && offset <= range.last);
}

/**
 * How many offsets from the position up to the first one that retention has left are not known to be over. Which of
 * them were jobs nobody can tell any more: markers of transactions count too.
 * @param ended offsets with a terminal record, ascending
 */
export function expiredCount(position: GroupPosition, start: number, ended: Iterable<number>): number {
  let count = Math.max(0, start - position.offset);
  for (const { first, last } of position.done) count -= Math.max(0, Math.min(last + 1, start) - first);
  for (const offset of ended) {
    if (offset >= start) break;
    if (offset >= position.offset && !isNamedFinished(offset, position)) count -= 1;
  }
  return count;
}
