import { hostname } from 'node:os';
import { partitionName } from '../broker/partition-name.ts';
import type { StartPosition } from '../broker/port.ts';
import type { Control } from '../control/control.ts';
import type { JsonObject } from '../json.ts';
import type { RunnerSettings } from '../options.ts';
import { jobsAtATime } from '../slots.ts';
import type { WorkerStatus } from '../worker.ts';

type ToldStatus = Pick<WorkerStatus, 'slots' | 'busy' | 'partitions'>;

const beatMs = 5_000;

/** Where a worker's events find what they say. */
export interface BeatingWorker {
  status(): ToldStatus;
  /** The ends of the partitions, as Kafka says. */
  ends(): Promise<readonly StartPosition[]>;
}

export interface HeartbeatContext {
  readonly settings: RunnerSettings;
  /** Name of the worker. */
  readonly worker: string;
  /** Name of the program. */
  readonly runner: string;
  readonly startedAt: Date;
  readonly control: Pick<Control, 'taking'>;
  readonly tell: (key: string, event: JsonObject) => void;
}

/** Tells every few seconds, and at every change, what a worker is at. */
export class Heartbeat implements Disposable {
  readonly #context: HeartbeatContext;
  readonly #timer: NodeJS.Timeout;
  #worker: BeatingWorker | undefined;
  #ends = new Map<string, number>();
  #status: ToldStatus;
  #isAsking = false;

  constructor(context: HeartbeatContext) {
    this.#context = context;
    this.#status = { slots: jobsAtATime(context.settings), busy: 0, partitions: [] };
    this.#timer = setInterval(() => void this.#beat(), beatMs);
  }

  /** From now on that one is told of: a worker lives more than once in a process. */
  watch(worker: BeatingWorker): void {
    this.#worker = worker;
    this.#ends.clear();
  }

  /** Something has changed: it is said at once, and again when the lag of new partitions is known. */
  tell(): void {
    this.#sayNow();
    if (this.#status.partitions.some((named) => !this.#ends.has(partitionName(named)))) void this.#beat();
  }

  /** The last beat. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#status = { ...this.#status, busy: 0, partitions: [] };
    this.#say('stopped');
  }

  async #beat(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    try {
      const ends = (await this.#worker?.ends()) ?? [];
      this.#ends = new Map(ends.map((end) => [partitionName(end), end.offset ?? 0]));
    } catch {
      // While Kafka does not say it, the lag is what it was.
    } finally {
      this.#isAsking = false;
    }
    this.#sayNow();
  }

  #sayNow(): void {
    this.#status = this.#worker?.status() ?? this.#status;
    this.#say(this.#context.control.taking);
  }

  /** `progress_event.schema.json`, kind `worker`. */
  #say(state: Control['taking'] | 'stopped'): void {
    const { settings, worker, runner, startedAt, tell } = this.#context;
    const { version, groupId, inTopic, outTopic, errorTopic } = settings;
    const { slots, busy } = this.#status;
    const about = { kind: 'worker', worker, host: hostname(), runner, version, groupId };
    const topics = { inTopic, outTopic, errorTopic };
    const times = { time: new Date().toISOString(), startedAt: startedAt.toISOString() };
    tell(`worker/${worker}`, { ...about, state, slots, busy, partitions: this.#partitions(), ...topics, ...times });
  }

  #partitions(): JsonObject[] {
    return this.#status.partitions.map(({ topic, partition, ledger }) => {
      const end = this.#ends.get(partitionName({ topic, partition }));
      return { topic, partition, lag: end === undefined ? undefined : ledger.unfinishedBelow(end) };
    });
  }
}
