import { TopicReader } from 'kafka-runner';
import type { Cluster } from '../cluster.ts';
import { jobName, type JobPlace } from '../job-name.ts';
import { openSender } from '../retry.ts';
import { readFailedJobs } from './failed-jobs.ts';
import { sendAgain, type Sent } from './send-again.ts';

/** What became of a job that was to be sent again; `unknown`: the error topic has no record of it. */
export type Retried = Sent | 'sent before' | 'unknown';

/**
 * Sends one failed job again, as `kafka-renderctl retry --send --job` does: byte for byte, and at most once whoever asks
 * how often. Throws UnavailableError, and FencedError when somebody else began to do the same.
 */
export async function retryJob(cluster: Cluster, errorTopic: string, job: JobPlace): Promise<Retried> {
  await using reader = await TopicReader.connect(cluster);
  // Before the error topic is read: what a run before this one has sent is decided only then.
  await using sender = await openSender(cluster, errorTopic);
  const known = await readFailedJobs(reader, job.topic, errorTopic);
  const failed = known.all().find((one) => jobName(one.job) === jobName(job));
  if (failed === undefined) return 'unknown';
  if (known.wasSent(failed)) return 'sent before';
  let outcome: Retried = 'gone';
  const settled = (_: unknown, sent: Sent): void => void (outcome = sent);
  await sendAgain([failed], { reader, sender, settled, progress: () => undefined });
  return outcome;
}
