import { randomInt } from 'node:crypto';
import path from 'node:path';
import { ConfluentProducer, SchemaSet, stringifyJson, TopicReader, type Schema } from 'kafka-runner';
import { parseRenderJob } from '../../render-job.ts';
import type { FrameRange } from '../../frames/frame-range.ts';
import type { Cluster } from '../cluster.ts';
import type { JobPlace } from '../job-name.ts';

/** What all jobs of an animation have in common. */
export interface Animation {
  readonly jobId: number;
  readonly scenePath: string;
  readonly outputLocation: string;
  readonly useGPU: boolean;
}

export interface JobMessage extends Animation {
  readonly timestamp: number;
  readonly startFrame: number;
  readonly numFrames: number;
}

export interface SubmittedJob extends JobPlace {
  readonly message: JobMessage;
}

const schemaName = 'render_job.schema.json';
const schemaFile = path.join(import.meta.dirname, '../../../schemas', schemaName);

/** The message of each job. Throws RejectedError, as a worker would, for one that no worker takes. */
export async function jobMessages(
  animation: Animation,
  parts: readonly FrameRange[],
  maxFrames: number,
): Promise<JobMessage[]> {
  const schema = await jobSchema();
  const timestamp = Date.now() / 1_000;
  return parts.map(({ first, last }) => {
    const message = { ...animation, timestamp, startFrame: first, numFrames: last - first + 1 };
    parseRenderJob(message, { schema, maxFrames });
    return message;
  });
}

/** Sends the jobs to the partitions of the topic in turn, so that as many workers as can take part. */
export async function sendJobs(
  cluster: Cluster,
  inTopic: string,
  partitions: readonly number[],
  messages: readonly JobMessage[],
): Promise<SubmittedJob[]> {
  const first = randomInt(partitions.length);
  await using producer = new ConfluentProducer(cluster);
  await producer.connect();
  const sent: SubmittedJob[] = [];
  for (const [index, message] of messages.entries()) {
    const partition = partitions[(first + index) % partitions.length] ?? 0;
    const place = await producer.append({ topic: inTopic, partition, value: stringifyJson(message) });
    sent.push({ ...place, message });
  }
  return sent;
}

/** A topic that is not there is not made by sending to it: its name may be mistyped. Throws MissingTopicError. */
export async function partitionsOf(cluster: Cluster, topic: string): Promise<number[]> {
  await using reader = await TopicReader.connect(cluster);
  return (await reader.ranges(topic)).map(({ partition }) => partition);
}

async function jobSchema(): Promise<Schema> {
  const schemas = new SchemaSet();
  await schemas.add(schemaFile);
  return schemas.find(schemaName);
}
