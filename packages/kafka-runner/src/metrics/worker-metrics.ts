import { Gauge, type Registry } from 'prom-client';
import type { StartPosition } from '../broker/port.ts';
import { partitionName } from '../broker/partition-name.ts';
import { within } from '../within.ts';
import type { WorkerStatus } from '../worker.ts';
import type { WorkEstimate } from './work-estimate.ts';

/** The worker that lives in this process at the moment. */
export interface WatchedWorker {
  status(): WorkerStatus;
  /** Where its partitions end, as Kafka says. */
  ends(): Promise<readonly StartPosition[]>;
}

interface Lag {
  readonly topic: string;
  readonly partition: number;
  readonly messages: number;
}

/** A scrape waits no longer than this for Kafka. */
const patienceMs = 2_000;

const nothing: WorkerStatus = {
  ...{ slots: 0, busy: 0, places: 0, busyPlaces: 0, waiting: 0, isPaused: false, partitions: [] },
};

/** What a worker is at, looked at when somebody asks. */
export class WorkerMetrics {
  readonly #registry: Registry;
  #worker: WatchedWorker | undefined;
  #ends = new Map<string, number>();
  #asking: Promise<void> | undefined;

  constructor(registry: Registry, work: WorkEstimate) {
    this.#registry = registry;
    this.#gauge('slots', 'Jobs that can be under way at a time.', ({ slots }) => slots);
    this.#gauge('slots_busy', 'Jobs that are under way.', ({ busy }) => busy);
    this.#gauge('places', 'Commands that can run at a time.', ({ places }) => places);
    this.#gauge('places_busy', 'Commands that run.', ({ busyPlaces }) => busyPlaces);
    this.#gauge('intake_messages', 'Messages that have arrived and wait for a slot.', ({ waiting }) => waiting);
    this.#gauge('intake_paused', 'Whether the partitions are paused as enough messages wait: 1 or 0.', ({ isPaused }) =>
      Number(isPaused),
    );
    this.#gauge('partitions', 'Partitions that this worker owns.', ({ partitions }) => partitions.length);
    this.#lagGauge(
      'lag_messages',
      'Messages of a partition of this worker that are not done.',
      ({ messages }) => messages,
    );
    this.#lagGauge('lag_work_seconds', 'How much work they are, by the last jobs of this worker.', ({ messages }) =>
      work.secondsPerJob === undefined ? undefined : messages * work.secondsPerJob,
    );
  }

  watch(worker: WatchedWorker): void {
    this.#worker = worker;
    this.#asking = undefined;
  }

  #gauge(name: string, help: string, valueOf: (status: WorkerStatus) => number): void {
    const gauge: Gauge = new Gauge({
      name: `kafka_runner_${name}`,
      help,
      registers: [this.#registry],
      collect: () => gauge.set(valueOf(this.#worker?.status() ?? nothing)),
    });
  }

  /** A partition that is not ours any more, or of which Kafka says nothing, has none. */
  #lagGauge(name: string, help: string, valueOf: (lag: Lag) => number | undefined): void {
    const gauge = new Gauge({
      name: `kafka_runner_${name}`,
      help,
      labelNames: ['topic', 'partition'],
      registers: [this.#registry],
      collect: async () => {
        const lags = await this.#lags();
        gauge.reset();
        for (const lag of lags) {
          const value = valueOf(lag);
          if (value !== undefined) gauge.set({ topic: lag.topic, partition: lag.partition }, value);
        }
      },
    });
  }

  async #lags(): Promise<Lag[]> {
    this.#asking ??= this.#ask();
    await within(patienceMs, this.#asking);
    const { partitions } = this.#worker?.status() ?? nothing;
    return partitions.flatMap(({ topic, partition, ledger }) => {
      const end = this.#ends.get(partitionName({ topic, partition }));
      const messages = end === undefined ? undefined : ledger.unfinishedBelow(end);
      return messages === undefined ? [] : [{ topic, partition, messages }];
    });
  }

  /** One question at a time, however often somebody scrapes while no broker answers. */
  async #ask(): Promise<void> {
    this.#ends = new Map();
    try {
      const ends = (await this.#worker?.ends()) ?? [];
      this.#ends = new Map(ends.map((end) => [partitionName(end), end.offset ?? 0]));
    } catch {
      // Somebody else tells of a broker that is away; no lag is better than that of yesterday.
    } finally {
      this.#asking = undefined;
    }
  }
}
