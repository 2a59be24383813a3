import assert from 'node:assert/strict';
import path from 'node:path';
import { runPython } from '../../../../lab/python.ts';
import type { RunnerTopics } from './oracle.ts';

/** A job, as its partition knows it. */
export interface AuditedJob {
  /** `topic/partition@offset`. */
  readonly name: string;
  readonly partition: number;
  readonly timestampMs: number;
}

export interface AuditedTerminal extends AuditedJob {
  readonly kind: 'result' | 'error';
}

/** What is committed of a partition. */
export interface AuditedPosition {
  readonly offset: number;
  readonly metadata: string | null;
}

/** Every job and every terminal record, as a read-committed reader that is not ours (Python) finds them. */
export interface Audit {
  readonly jobs: readonly AuditedJob[];
  readonly terminals: readonly AuditedTerminal[];
  /** Jobs without a terminal record. */
  readonly lost: readonly string[];
  /** Terminal records that a job has beyond its first. */
  readonly doubled: readonly string[];
  /** Terminal records of jobs that nobody sent. */
  readonly unknown: readonly string[];
  /** Jobs that the positions of the group call finished and that have no terminal record. */
  readonly unfinished: readonly string[];
  readonly ends: Readonly<Record<string, number>>;
  readonly committed: Readonly<Record<string, AuditedPosition>>;
}

export interface AuditWait {
  /** `over`: all jobs have ended and are committed. `positions`: what is committed at the moment of the call has ended. */
  readonly until: 'over' | 'positions';
  readonly seconds: number;
}

/** Reconciles the topics of a runner; waits as told and then returns what there is. */
export async function audit(topics: RunnerTopics, { until, seconds }: AuditWait): Promise<Audit> {
  const { bootstrapServers, inTopic, outTopic, errorTopic, groupId = '-' } = topics;
  const args = [bootstrapServers.join(','), inTopic, outTopic, errorTopic, groupId, until, String(seconds)];
  const limit = { timeoutMs: (seconds + 60) * 1_000 };
  const raw = JSON.parse(await runPython(path.join(import.meta.dirname, 'audit.py'), args, limit)) as RawAudit;
  const jobs = raw.jobs.map(toJob);
  const terminals = raw.terminals.map((terminal) => ({ ...toJob(terminal), kind: terminal[4] }));
  const known = new Set(jobs.map(({ name }) => name));
  const seen = new Set<string>();
  const doubled = terminals.map(({ name }) => name).filter((name) => seen.size === seen.add(name).size);
  return {
    jobs,
    terminals,
    lost: [...known.difference(seen)],
    doubled,
    unknown: [...seen.difference(known)],
    unfinished: raw.unfinished.map((job) => toJob([...job, 0]).name),
    ends: raw.ends,
    committed: raw.committed,
  };
}

/** C: at any moment, no position says of a job without a terminal record that it is finished. */
export function assertPositionsTrue({ unfinished, committed }: Audit): void {
  assert.deepEqual(unfinished, [], `not over, though committed: ${JSON.stringify(committed)}`);
}

/** L and C, for jobs that are all over: each has a terminal record, nobody else has one, everything is committed. */
export function assertNoneLost(seen: Audit): void {
  assert.deepEqual(seen.lost, [], 'jobs without a terminal record');
  assert.deepEqual(seen.unknown, [], 'terminal records of jobs that nobody sent');
  assertPositionsTrue(seen);
  const used = Object.fromEntries(Object.entries(seen.ends).filter(([, end]) => end > 0));
  const offsets = Object.entries(seen.committed).map(([partition, { offset }]) => [partition, offset]);
  assert.deepEqual(Object.fromEntries(offsets), used, 'everything is committed');
}

/**
 * How long work stood still after a fault: the longest time from it to the next end of a job, over the partitions that had
 * jobs waiting. Another fault before that end begins the time anew; what had passed until then counts as well.
 * Milliseconds; 0 when nothing waited.
 */
export function slowestRecoveryMs({ jobs, terminals }: Audit, faultsAtMs: readonly number[]): number {
  const firstEnds = new Map<string, AuditedTerminal>();
  for (const terminal of terminals) {
    const earlier = firstEnds.get(terminal.name);
    if (earlier === undefined || terminal.timestampMs < earlier.timestampMs) firstEnds.set(terminal.name, terminal);
  }
  const partitions = [...new Set(jobs.map(({ partition }) => partition))];
  const standstills = partitions.flatMap((partition) => {
    const waiting = jobs.filter((job) => job.partition === partition);
    return faultsAtMs.map((faultAtMs) => {
      const nextFaultMs = Math.min(...faultsAtMs.filter((ms) => ms > faultAtMs));
      return Math.min(standstillMs(waiting, firstEnds, faultAtMs), nextFaultMs - faultAtMs);
    });
  });
  return Math.max(0, ...standstills);
}

/** The longest time from one end of a job to the next one. Milliseconds; 0 when there is only one. */
export function longestPauseMs({ terminals }: Audit): number {
  const ends = terminals.map(({ timestampMs }) => timestampMs).toSorted((one, other) => one - other);
  return ends.reduce((longest, end, index) => Math.max(longest, end - (ends[index - 1] ?? end)), 0);
}

function standstillMs(
  jobs: readonly AuditedJob[],
  ends: ReadonlyMap<string, AuditedTerminal>,
  faultAtMs: number,
): number {
  const after = jobs
    .filter(({ timestampMs }) => timestampMs <= faultAtMs)
    .map(({ name }) => ends.get(name)?.timestampMs ?? Infinity)
    .filter((endMs) => endMs > faultAtMs);
  return after.length === 0 ? 0 : Math.min(...after) - faultAtMs;
}

type RawJob = readonly [topic: string, partition: number, offset: number, timestampMs: number];

interface RawAudit {
  readonly jobs: readonly RawJob[];
  readonly terminals: readonly (readonly [...RawJob, kind: 'result' | 'error'])[];
  readonly unfinished: readonly (readonly [topic: string, partition: number, offset: number])[];
  readonly ends: Audit['ends'];
  readonly committed: Audit['committed'];
}

function toJob([topic, partition, offset, timestampMs]: readonly [...RawJob, ...unknown[]]): AuditedJob {
  return { name: `${topic}/${partition}@${offset}`, partition, timestampMs };
}
