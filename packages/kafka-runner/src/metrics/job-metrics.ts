import { Counter, Histogram, type Registry } from 'prom-client';
import type { JobEvents } from '../job-events.ts';
import type { EndedJob } from '../job-flow.ts';
import { machineFaultCodes } from '../machine-faults.ts';
import { boundedLabel } from './bounded-label.ts';
import type { WorkEstimate } from './work-estimate.ts';

/** Seconds: a job may take milliseconds or a night. */
const buckets = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000];

/** Of the base; they are there from the start, so that the first time counts as an increase. */
const awayCodes = ['broker-unreachable', 'storage-unreachable', 'storage-credentials-refused', 'disk-full'];
const keptCodes = ['partition-lost', 'shutdown'];

/** Counts what happens to jobs, and learns from those that end how much work one is. */
export function countJobs(registry: Registry, events: JobEvents, work: WorkEstimate): void {
  countAttempts(registry, events);
  const registers = [registry];
  const jobs = new Counter({
    name: 'kafka_runner_jobs_total',
    help: 'Jobs that are over, by outcome (completed, ignored, rejected, failed) and code; a completed one has none.',
    labelNames: ['outcome', 'code'],
    registers,
  });
  const total = new Histogram({
    name: 'kafka_runner_job_seconds',
    help: 'From the record of a job in the input topic to its end, waiting included.',
    labelNames: ['outcome'],
    buckets,
    registers,
  });
  const phases = new Histogram({
    name: 'kafka_runner_job_phase_seconds',
    help: 'Where that time went, by phase: those of the headers seconds-PHASE of results.',
    labelNames: ['phase'],
    buckets,
    registers,
  });
  jobs.inc({ outcome: 'completed', code: '' }, 0);
  const [codeLabel, phaseLabel] = [boundedLabel(), boundedLabel()];
  events.on('ended', (ended) => {
    const { total: totalSeconds = 0, ...seconds } = Object.fromEntries(ended.phases.seconds());
    jobs.inc({ outcome: ended.outcome.kind, code: codeLabel(codeOf(ended)) });
    total.observe({ outcome: ended.outcome.kind }, totalSeconds);
    for (const [phase, one] of Object.entries(seconds)) phases.observe({ phase: phaseLabel(phase) }, one);
    work.add(totalSeconds - (seconds['queued'] ?? 0));
  });
}

function countAttempts(registry: Registry, events: JobEvents): void {
  const labelled = (name: string, help: string): Counter<'code'> =>
    new Counter({ name, help, labelNames: ['code'], registers: [registry] });
  const arrived = new Counter({
    name: 'kafka_runner_messages_received_total',
    help: 'Messages that have arrived and are not done.',
    registers: [registry],
  });
  const attempts = new Counter({
    name: 'kafka_runner_attempts_total',
    help: 'Attempts at jobs that were begun.',
    registers: [registry],
  });
  const retries = labelled(
    'kafka_runner_retries_total',
    'Attempts that failed and are followed by another one, by code.',
  );
  const kept = labelled(
    'kafka_runner_jobs_kept_total',
    'Jobs that were handed back, for whoever owns their partition next, by code.',
  );
  const away = labelled(
    'kafka_runner_unavailable_total',
    'How often a job found something away and began to wait for it, by code.',
  );
  const faults = labelled(
    'kafka_runner_machine_faults_total',
    "Attempts that failed because of the worker's machine, by code.",
  );
  for (const code of keptCodes) kept.inc({ code }, 0);
  for (const code of [...awayCodes, ...machineFaultCodes]) away.inc({ code }, 0);
  for (const code of machineFaultCodes) faults.inc({ code }, 0);
  const label = boundedLabel();
  events.on('arrived', () => arrived.inc());
  events.on('begun', () => attempts.inc());
  events.on('rested', (ended) => retries.inc({ code: label(codeOf(ended)) }));
  events.on('kept', (ended) => kept.inc({ code: label(codeOf(ended)) }));
  events.on('away', (_delivery, { code }) => away.inc({ code: label(code) }));
  events.on('machineFault', (code) => faults.inc({ code: label(code) }));
}

function codeOf({ outcome }: EndedJob): string {
  return 'error' in outcome ? outcome.error.code : '';
}
