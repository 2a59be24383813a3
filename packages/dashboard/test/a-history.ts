import type { FollowedRecord } from 'kafka-runner';
import type { DashboardTopics } from '../src/config.ts';
import { History } from '../src/history/history.ts';
import { openHistory } from '../src/history/open-history.ts';

export const topics: DashboardTopics = {
  jobs: 'jobs',
  results: 'results',
  errors: 'errors',
  progress: 'progress',
  control: 'control',
};

/** A history in memory. */
export function aHistory(file = ':memory:') {
  const database = openHistory(file, 'the test');
  return { database, history: new History(database, topics) };
}

type Fields = Readonly<Record<string, unknown>>;

let nextOffset = 0;

function aRecord(topic: string, value: unknown, timestampMs: number, headers: Fields = {}, offset = nextOffset++) {
  const content = typeof value === 'string' ? value : JSON.stringify(value);
  const named = Object.entries(headers).map(([name, text]) => [name, Buffer.from(String(text))] as const);
  return { topic, partition: 0, offset, key: null, value: Buffer.from(content), headers: named, timestampMs };
}

export function aJob(offset: number, fields: Fields | string = {}, timestampMs = 1_000 + offset): FollowedRecord {
  const whole = { jobId: offset, scenePath: 'scenes/a.blend', startFrame: 1, numFrames: 3, outputLocation: 'frames/a' };
  const value = typeof fields === 'string' ? fields : { ...whole, ...fields };
  return aRecord('jobs', value, timestampMs, {}, offset);
}

export function aResult(offset: number, timestampMs = 5_000, headers: Fields = {}): FollowedRecord {
  const place = { 'job-topic': 'jobs', 'job-partition': 0, 'job-offset': offset };
  const renderJob = { jobId: offset, scenePath: 'scenes/a.blend' };
  return aRecord('results', { renderJob }, timestampMs, { ...place, worker: 'w-1', attempt: 2, ...headers });
}

export function anError(offset: number, fields: Fields = {}, timestampMs = 5_000): FollowedRecord {
  const place = { topic: 'jobs', partition: 0, offset };
  const record = { kind: 'job', ...place, code: 'no-camera', message: 'there is none', attempts: 1, ...fields };
  return aRecord('errors', record, timestampMs, { worker: 'w-1' });
}

export function anEvent(offset: number, state: string, timeMs: number, fields: Fields = {}): FollowedRecord {
  const place = { topic: 'jobs', partition: 0, offset };
  const time = new Date(timeMs).toISOString();
  return aRecord('progress', { kind: 'job', ...place, state, attempt: 1, worker: 'w-1', time, ...fields }, timeMs);
}

export function aHeartbeat(worker: string, timeMs: number, fields: Fields = {}): FollowedRecord {
  const time = new Date(timeMs).toISOString();
  const partitions = [
    { topic: 'jobs', partition: 0, lag: 4 },
    { topic: 'jobs', partition: 1 },
  ];
  const event = { kind: 'worker', worker, host: 'h', runner: 'r', state: 'running', slots: 2, busy: 1, partitions };
  return aRecord(
    'progress',
    { ...event, inTopic: 'jobs', errorTopic: 'errors', time, startedAt: time, ...fields },
    timeMs,
  );
}
