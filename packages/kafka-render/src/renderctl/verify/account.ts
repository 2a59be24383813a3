import type { GroupPosition, OffsetRange } from 'kafka-runner';
import { jobName, type JobPlace } from '../job-name.ts';
import { noFindings, type Findings } from './findings.ts';
import { OffsetSet } from './offset-set.ts';
import { expiredCount, standingOf, type Standing } from './standing.ts';

/** Where the group stands on each partition; a partition without a position is waiting as a whole. */
export type Positions = readonly (GroupPosition | undefined)[];

/** The books of one partition of the input topic. */
interface PartitionBooks {
  readonly range: OffsetRange;
  readonly position: GroupPosition | undefined;
  /** Lower offsets are not kept. */
  readonly lowest: number;
  readonly jobs: OffsetSet;
  readonly ended: OffsetSet;
  readonly doubled: OffsetSet;
}

const findingOf: Readonly<Record<Standing, 'lost' | 'inProgress' | 'waiting'>> = {
  finished: 'lost',
  begun: 'inProgress',
  waiting: 'waiting',
};

/** Jobs against terminal records: a few bits for each offset of the input topic. */
export class Account {
  readonly #books: (PartitionBooks | undefined)[] = [];
  readonly #hasGroup: boolean;
  readonly #findings: Findings;
  jobs = 0;

  /**
   * @param positions what the group had finished before the ends of all topics were asked for; undefined: no group
   * @param examples how many of each finding are named
   */
  constructor(inTopic: readonly OffsetRange[], positions: Positions | undefined, examples: number) {
    this.#hasGroup = positions !== undefined;
    this.#findings = noFindings(examples);
    for (const range of inTopic) this.#books[range.partition] = this.#openBooks(range, positions?.[range.partition]);
  }

  addJob({ partition, offset }: Pick<JobPlace, 'partition' | 'offset'>): void {
    if (this.#books[partition]?.jobs.add(offset)) this.jobs += 1;
  }

  /** A terminal record of this job. Whether there is such a job is seen at the end. */
  addTerminal(job: JobPlace): void {
    const books = this.#books[job.partition];
    if (books === undefined || job.offset >= books.range.end) this.#findings.unknown.add(jobName(job));
    else if (job.offset < books.lowest) this.#findings.jobTaken.add(jobName(job));
    else if (!books.ended.add(job.offset)) books.doubled.add(job.offset);
  }

  /** @param startsNow where the partitions start after everything was read: retention may have gone on */
  close(startsNow: readonly number[]): Findings {
    for (const books of this.#books) if (books) this.#close(books, startsNow[books.range.partition] ?? 0);
    return this.#findings;
  }

  /** A position beyond the end says nothing of this topic: workers read it from its start. */
  #openBooks(range: OffsetRange, position: GroupPosition | undefined): PartitionBooks {
    const isBeyond = position !== undefined && position.offset > range.end;
    if (isBeyond) this.#findings.beyondEnd.add(jobName({ ...range, offset: position.offset }));
    const valid = isBeyond ? undefined : position;
    const lowest = Math.min(range.start, valid?.offset ?? range.start);
    const [jobs, ended, doubled] = [new OffsetSet(lowest), new OffsetSet(lowest), new OffsetSet(lowest)];
    return { range, position: valid, lowest, jobs, ended, doubled };
  }

  #close({ range, position, jobs, ended, doubled }: PartitionBooks, startNow: number): void {
    const found = this.#findings;
    const { partition, topic, start } = range;
    const name = (offset: number): string => jobName({ topic, partition, offset });
    for (const offset of doubled) found.doubled.add(name(offset));
    for (const offset of jobs) {
      if (ended.has(offset)) continue;
      found[this.#hasGroup ? findingOf[standingOf(offset, position)] : 'unmatched'].add(name(offset));
    }
    for (const offset of ended) {
      if (!jobs.has(offset)) found[offset < startNow ? 'jobTaken' : 'unknown'].add(name(offset));
    }
    const expired = position === undefined ? 0 : expiredCount(position, start, ended);
    if (position !== undefined && expired > 0) found.expired.add(`${name(position.offset)}-${start - 1}`, expired);
  }
}
