import { FailedError } from './errors.ts';

/** A signal that is also aborted when a clock runs out; disposing stops the clock. Of several causes the first stays. */
export interface TimeLimit extends Disposable {
  readonly signal: AbortSignal;
  /** Starts the clock, or lets it go on. */
  start(): void;
  /** Stops it, until `start`; what has run does count. */
  pause(): void;
  /** Gives the whole time again, when the clock runs. */
  restart(): void;
}

/**
 * @param limitMs undefined: the clock never runs out
 * @param reasonAfter the reason of the abort, for the limit in seconds
 */
export function timeLimit(
  signal: AbortSignal,
  limitMs: number | undefined,
  reasonAfter: (seconds: number) => FailedError,
  now: () => number = () => performance.now(),
): TimeLimit {
  if (limitMs === undefined) return unlimited(signal);
  const late = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let lastLook: NodeJS.Immediate | undefined;
  let [leftMs, startedMs] = [limitMs, 0];
  const stop = (): void => {
    clearTimeout(timer);
    clearImmediate(lastLook);
    timer = undefined;
  };
  // A worker that was suspended sees its clocks run out before it reads what arrived meanwhile: read first, then judge.
  const runOut = (): void => {
    lastLook = setImmediate(() => late.abort(reasonAfter(limitMs / 1_000)));
  };
  return {
    signal: AbortSignal.any([signal, late.signal]),
    start: () => {
      if (timer !== undefined) return;
      startedMs = now();
      timer = setTimeout(runOut, leftMs);
    },
    pause: () => {
      if (timer !== undefined) leftMs = Math.max(0, leftMs - (now() - startedMs));
      stop();
    },
    restart: () => {
      clearImmediate(lastLook);
      if (timer === undefined) return;
      startedMs = now();
      if (leftMs < limitMs) {
        // It was paused meanwhile: its timer holds the rest.
        clearTimeout(timer);
        leftMs = limitMs;
        timer = setTimeout(runOut, leftMs);
      } else timer.refresh();
    },
    [Symbol.dispose]: stop,
  };
}

function unlimited(signal: AbortSignal): TimeLimit {
  const nothing = (): void => undefined;
  return { signal, start: nothing, pause: nothing, restart: nothing, [Symbol.dispose]: nothing };
}

/** For one attempt at a job, from its folder to its response. */
export function timedOut(seconds: number): FailedError {
  return new FailedError('timed-out', `the job was not over after ${seconds} s and was ended`);
}

/** For a running command. */
export function noProgress(seconds: number): FailedError {
  return new FailedError(
    'no-progress',
    `the command printed no line and achieved nothing for ${seconds} s and was ended`,
  );
}
