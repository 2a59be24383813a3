import type { ConsumedRecord } from './broker/port.ts';
import { jobName } from './job.ts';
import type { Logger } from './logging/logger.ts';

/** At this share of the retention there is still time to do something. */
const warnShare = 0.8;

/** How often it is said again of a job that still is not done. */
const repeatMs = 3_600_000;

/**
 * Warns of jobs that Kafka will soon throw away undone. The client cannot ask for a topic's settings (it has no
 * DescribeConfigs), so the retention is what the worker is told.
 */
export class RetentionGuard {
  readonly #retentionMs: number;
  readonly #logger: Logger;
  #lastMs = -Infinity;

  constructor(retentionMs: number, logger: Logger) {
    this.#retentionMs = retentionMs;
    this.#logger = logger;
  }

  /** @param unfinished the records of all jobs that have arrived and are not over */
  look(unfinished: readonly ConsumedRecord[], nowMs = Date.now()): void {
    const oldest = unfinished.toSorted((a, b) => (a.timestampMs ?? nowMs) - (b.timestampMs ?? nowMs))[0];
    if (oldest?.timestampMs === undefined || nowMs - this.#lastMs < repeatMs) return;
    const ageMs = nowMs - oldest.timestampMs;
    if (ageMs < this.#retentionMs * warnShare) return;
    this.#lastMs = nowMs;
    const hours = (ms: number): string => (ms / 3_600_000).toFixed(1);
    const { topic, partition, offset } = oldest;
    this.#logger.error(
      { topic, partition, offset, code: 'retention-near' },
      `${jobName(oldest)} is ${hours(ageMs)} h old and not done, and its topic keeps records for ${hours(this.#retentionMs)} h: keep them longer, or add workers`,
    );
  }
}
