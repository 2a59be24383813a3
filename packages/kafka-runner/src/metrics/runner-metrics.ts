import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Committer } from '../broker/port.ts';
import type { ResidentEvents } from '../command/resident/resident-events.ts';
import type { JobEvents } from '../job-events.ts';
import { countJobs } from './job-metrics.ts';
import type { Page } from './metrics-server.ts';
import { countResidents } from './resident-metrics.ts';
import { TimedCommitter } from './timed-committer.ts';
import { WorkEstimate } from './work-estimate.ts';
import type { HealthAnswer, WorkerHealth } from './worker-health.ts';
import { WorkerMetrics, type WatchedWorker } from './worker-metrics.ts';

export interface RunnerMetricsSources {
  readonly about: { readonly runner: string; readonly worker: string; readonly topic: string; readonly group: string };
  readonly jobs: JobEvents;
  readonly residents: ResidentEvents;
  readonly health: Pick<WorkerHealth, 'alive' | 'ready'>;
  /** What is counted elsewhere. */
  readonly counts: () => { readonly restarts: number; readonly stalls: number; readonly droppedLogLines: number };
}

const commitBuckets = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30];

/** The metrics of a runner, for as long as its process lives: its workers may come and go. */
export class RunnerMetrics {
  readonly registry = new Registry();
  readonly #sources: RunnerMetricsSources;
  readonly #worker: WorkerMetrics;
  readonly #commits: Histogram<'result'>;

  constructor(sources: RunnerMetricsSources) {
    this.#sources = sources;
    const work = new WorkEstimate();
    this.#registerAbout();
    countJobs(this.registry, sources.jobs, work);
    this.#worker = new WorkerMetrics(this.registry, work);
    this.#commits = this.#registerCommits();
    countResidents(this.registry, sources.residents);
    this.#registerCounts();
    registerProcess(this.registry);
  }

  /** The worker that is looked at from now on. */
  watch(worker: WatchedWorker): void {
    this.#worker.watch(worker);
  }

  timed(committer: Committer): Committer {
    return new TimedCommitter(committer, this.#commits);
  }

  /** By path. */
  get pages(): Readonly<Record<string, () => Page | Promise<Page>>> {
    const { health } = this.#sources;
    return {
      '/metrics': async () => ({ status: 200, type: this.registry.contentType, body: await this.registry.metrics() }),
      '/healthz': () => healthPage(health.alive()),
      '/readyz': () => healthPage(health.ready()),
    };
  }

  #registerAbout(): void {
    const { about, health } = this.#sources;
    const labelNames = ['runner', 'worker', 'topic', 'group'] as const;
    const registers = [this.registry];
    const info = new Gauge({ name: 'kafka_runner_info', help: 'Who this is; always 1.', labelNames, registers });
    info.set({ ...about }, 1);
    const ready: Gauge = new Gauge({
      name: 'kafka_runner_ready',
      help: 'Whether it takes jobs, as /readyz says: 1 or 0.',
      registers,
      collect: () => ready.set(Number(health.ready().isGood)),
    });
  }

  #registerCommits(): Histogram<'result'> {
    const seconds = new Histogram({
      name: 'kafka_runner_commit_seconds',
      help: 'Commits, each a transaction under exactly-once, by result: stored, or failed, and then they are made again.',
      labelNames: ['result'],
      buckets: commitBuckets,
      registers: [this.registry],
    });
    for (const result of ['stored', 'failed'] as const) seconds.zero({ result });
    return seconds;
  }

  #registerCounts(): void {
    const { counts } = this.#sources;
    this.#counted('restarts', 'How often the Kafka client was made anew.', () => counts().restarts);
    this.#counted(
      'stalls',
      'How often nothing was begun for a long time though there was work.',
      () => counts().stalls,
    );
    const dropped = 'Log lines of level error that did not reach the error topic.';
    this.#counted('log_lines_dropped', dropped, () => counts().droppedLogLines);
  }

  #counted(name: string, help: string, value: () => number): void {
    const counter = new Counter({
      name: `kafka_runner_${name}_total`,
      help,
      registers: [this.registry],
      collect: () => {
        counter.reset();
        counter.inc(value());
      },
    });
  }
}

/** What prom-client knows of a process, but for gauges that are called like counters: promtool refuses them. */
function registerProcess(register: Registry): void {
  collectDefaultMetrics({ register });
  for (const { name, type } of register.getMetricsAsArray())
    if (String(type) === 'gauge' && name.endsWith('_total')) register.removeSingleMetric(name);
}

function healthPage({ isGood, ...answer }: HealthAnswer): Page {
  return { status: isGood ? 200 : 503, type: 'application/json', body: `${JSON.stringify(answer)}\n` };
}
