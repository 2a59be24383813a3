import type { OffsetRange } from 'kafka-runner';
import { jobName, type JobPlace } from '../job-name.ts';
import { Finding } from './finding.ts';
import { OffsetSet } from './offset-set.ts';

/** What the reconciliation has found. The first four are what must not be. */
export interface Findings {
  /** Jobs below the group's position without a terminal record. */
  readonly lost: Finding;
  /** Jobs with more than one terminal record. */
  readonly doubled: Finding;
  /** Terminal records of jobs that nobody sent. */
  readonly unknown: Finding;
  /** Without a group: jobs without a terminal record, lost or only waiting. */
  readonly unmatched: Finding;
  /** Jobs at or above the group's position without a terminal record. */
  readonly waiting: Finding;
  /** Terminal records of jobs that retention has taken. */
  readonly jobTaken: Finding;
}

/** The books of one partition of the input topic. */
interface PartitionBooks {
  readonly range: OffsetRange;
  readonly jobs: OffsetSet;
  readonly ended: OffsetSet;
  readonly doubled: OffsetSet;
}

/** Jobs against terminal records: a few bits for each offset of the input topic. */
export class Account {
  readonly #books: (PartitionBooks | undefined)[] = [];
  readonly #examples: number;
  readonly #unknown: Finding;
  readonly #taken: Finding;
  jobs = 0;

  /** @param examples how many of each finding are named */
  constructor(inTopic: readonly OffsetRange[], examples: number) {
    this.#examples = examples;
    this.#unknown = new Finding(examples);
    this.#taken = new Finding(examples);
    for (const range of inTopic) {
      const { partition, start } = range;
      const [jobs, ended, doubled] = [new OffsetSet(start), new OffsetSet(start), new OffsetSet(start)];
      this.#books[partition] = { range, jobs, ended, doubled };
    }
  }

  addJob({ partition, offset }: Pick<JobPlace, 'partition' | 'offset'>): void {
    if (this.#books[partition]?.jobs.add(offset)) this.jobs += 1;
  }

  /** A terminal record of this job. Whether there is such a job is seen at the end. */
  addTerminal(job: JobPlace): void {
    const books = this.#books[job.partition];
    if (books === undefined || job.offset >= books.range.end) this.#unknown.add(jobName(job));
    else if (job.offset < books.range.start) this.#taken.add(jobName(job));
    else if (!books.ended.add(job.offset)) books.doubled.add(job.offset);
  }

  /**
   * @param positions of the group, by partition; a partition without one is waiting as a whole. Undefined: no group
   * @param startsNow where the partitions start after everything was read: retention may have gone on
   */
  close(positions: readonly (number | undefined)[] | undefined, startsNow: readonly number[]): Findings {
    const [lost, doubled, unmatched, waiting] = [1, 2, 3, 4].map(() => new Finding(this.#examples)) as Four;
    for (const books of this.#books) {
      if (books === undefined) continue;
      const { partition, topic } = books.range;
      const name = (offset: number): string => jobName({ topic, partition, offset });
      const position = positions?.[partition] ?? 0;
      for (const offset of books.doubled) doubled.add(name(offset));
      for (const offset of books.jobs) {
        if (books.ended.has(offset)) continue;
        if (positions === undefined) unmatched.add(name(offset));
        else (offset < position ? lost : waiting).add(name(offset));
      }
      for (const offset of books.ended) {
        if (books.jobs.has(offset)) continue;
        (offset < (startsNow[partition] ?? 0) ? this.#taken : this.#unknown).add(name(offset));
      }
    }
    return { lost, doubled, unknown: this.#unknown, unmatched, waiting, jobTaken: this.#taken };
  }
}

type Four = [Finding, Finding, Finding, Finding];
