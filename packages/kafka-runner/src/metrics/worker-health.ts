/** How far a worker is. It may fall back, but whoever drains takes no jobs any more. */
export type WorkerStage = 'starting' | 'connecting' | 'joining' | 'ready' | 'draining';

const why: Readonly<Record<WorkerStage, string>> = {
  starting: 'what commands need is being checked',
  connecting: 'no Kafka broker has answered yet',
  joining: 'the group has given no partitions yet, or has taken this worker for dead',
  ready: 'it takes jobs',
  draining: 'it takes no more jobs, and ends',
};

export interface HealthAnswer {
  readonly isGood: boolean;
  readonly status: string;
  readonly reason: string;
}

interface HealthSources {
  /** Whether there is work that nobody begins, and the worker has noticed. */
  readonly isStalled: () => boolean;
  /** For how long the Kafka client may not be polled: much longer than a poll waits. */
  readonly maxSilentMs: number;
  /** Whether an order has paused it. Default: never. */
  readonly isPaused?: () => boolean;
}

/** What an orchestrator wants to know: does it live, and does it take jobs. */
export class WorkerHealth {
  readonly #sources: HealthSources;
  #stage: WorkerStage = 'starting';
  #silentMs = (): number => 0;

  constructor(sources: HealthSources) {
    this.#sources = sources;
  }

  enter(stage: WorkerStage): void {
    if (this.#stage !== 'draining') this.#stage = stage;
  }

  /** @param silentMs for how long the Kafka client of this life was not polled, though it should be */
  watch(silentMs: () => number): void {
    this.#silentMs = silentMs;
  }

  /** Not good: it should be started anew. A broker that is away is no reason. */
  alive(): HealthAnswer {
    if (this.#sources.isStalled())
      return { isGood: false, status: 'stalled', reason: 'nothing is begun though there is work' };
    if (this.#silentMs() > this.#sources.maxSilentMs)
      return { isGood: false, status: 'silent', reason: 'the Kafka client is not polled any more' };
    return { isGood: true, status: 'alive', reason: 'the event loop runs' };
  }

  /** Not good: it takes no jobs at the moment. */
  ready(): HealthAnswer {
    if (this.#stage === 'ready' && this.#sources.isPaused?.())
      return { isGood: false, status: 'paused', reason: 'it was told to begin no jobs' };
    return { isGood: this.#stage === 'ready', status: this.#stage, reason: why[this.#stage] };
  }
}
