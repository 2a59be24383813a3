/** A clock that never jumps, in seconds. On Linux it is the one of all processes of a machine (CLOCK_MONOTONIC). */
export function monotonicSeconds(): number {
  return Number(process.hrtime.bigint()) / 1e9;
}

/** What the base calls the phases of a job behind `queued`. An author may have better names. */
export interface PhaseNames {
  /** `msgToCommand`. */
  readonly prepared: string;
  /** The command. */
  readonly ran: string;
  /** `checkResult` and `makeResponse`. */
  readonly answered: string;
}

interface Mark {
  readonly phase: string;
  readonly at: number;
}

/**
 * Where the time of a job went. It is in one phase at each moment, and may come back to one, so that the phases always add
 * up to the whole.
 */
export class JobPhases {
  readonly #now: () => number;
  readonly #onEnter: (phase: string) => void;
  /** In the order of time. */
  readonly #marks: Mark[];
  #end: number | undefined;

  /** @param queuedSince when the job began to wait, by the same clock */
  constructor(queuedSince: number, now = monotonicSeconds, onEnter: (phase: string) => void = () => undefined) {
    this.#now = now;
    this.#onEnter = onEnter;
    this.#marks = [{ phase: 'queued', at: queuedSince }];
  }

  /** From now on. */
  enter(phase: string): void {
    this.#marks.push({ phase, at: this.#now() });
    this.#onEnter(phase);
  }

  /**
   * What was `phase` from `at` on, when the job was in it last, was `later`: for who learns of it only afterwards, from a
   * command for instance. A time beyond the phase's ends is taken as the end.
   * @param at by `monotonicSeconds`
   */
  split(phase: string, later: string, at: number): void {
    const index = this.#marks.findLastIndex((mark) => mark.phase === phase);
    const start = this.#marks[index];
    if (!start) return;
    const end = this.#marks[index + 1]?.at ?? this.#now();
    this.#marks.splice(index + 1, 0, { phase: later, at: Math.min(Math.max(at, start.at), end) });
  }

  /** The last phase ends now. */
  close(): void {
    this.#end ??= this.#now();
  }

  /** `seconds-PHASE` for each, and `seconds-total`, to the microsecond. */
  headers(): Record<string, string> {
    return Object.fromEntries([...this.seconds()].map(([phase, sum]) => [`seconds-${phase}`, sum.toFixed(6)]));
  }

  /** How long the job was in each phase, and behind them in `total`, until now or `close`. */
  seconds(): ReadonlyMap<string, number> {
    const end = this.#end ?? this.#now();
    const seconds = new Map<string, number>();
    for (const [index, { phase, at }] of this.#marks.entries()) {
      const until = this.#marks[index + 1]?.at ?? end;
      seconds.set(phase, (seconds.get(phase) ?? 0) + until - at);
    }
    return seconds.set('total', end - (this.#marks[0]?.at ?? end));
  }
}
