import type { RawRecord, TopicReader } from 'kafka-runner';
import { jobName } from '../job-name.ts';
import { readErrorRecord, type FailedJob } from './failed-job.ts';

/** What an error topic knows about the failed jobs of an input topic. */
export class FailedJobs {
  readonly #inTopic: string;
  readonly #failed = new Map<string, FailedJob>();
  readonly #sent = new Set<string>();

  constructor(inTopic: string) {
    this.#inTopic = inTopic;
  }

  add(record: RawRecord): void {
    const entry = readErrorRecord(record);
    if (entry === undefined) return;
    const job = entry.kind === 'job' ? entry.failed.job : entry.job;
    if (job.topic !== this.#inTopic) return;
    const name = jobName(job);
    if (entry.kind === 'retry') this.#sent.add(name);
    else this.#failed.set(name, merge(this.#failed.get(name), entry.failed));
  }

  /** One for each job, however many error records it has, in the order of the error topic. */
  all(): FailedJob[] {
    return [...this.#failed.values()];
  }

  /** Whether it has been sent again. */
  wasSent({ job }: FailedJob): boolean {
    return this.#sent.has(jobName(job));
  }
}

/** Reads the error topic as it is now. */
export async function readFailedJobs(reader: TopicReader, inTopic: string, errorTopic: string): Promise<FailedJobs> {
  const failed = new FailedJobs(inTopic);
  await reader.read(await reader.ranges(errorTopic), (record) => failed.add(record));
  return failed;
}

function merge(known: FailedJob | undefined, next: FailedJob): FailedJob {
  if (known === undefined) return next;
  return { ...(known.isWhole ? known : next), records: [...known.records, ...next.records] };
}
