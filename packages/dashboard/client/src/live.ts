import { useEffect, useState } from 'preact/hooks';
import type { Change } from '../../src/api.ts';
import { get } from './server.ts';

/** The server says something at least every 10 s. */
const silentMs = 25_000;
const againMs = 2_000;

/** What is shown is asked for anew at most so often. */
const refreshMs = 500;

/** After the connection was lost nobody knows what has changed. */
const everything: Change = { jobs: null, workers: true };

/** The server's events, and whether they come. */
class Live extends EventTarget {
  connection: 'connecting' | 'live' | 'lost' = 'connecting';
  #source: EventSource | undefined;
  #watchdog: number | undefined;

  start(): void {
    this.#source?.close();
    const source = new EventSource('/api/events');
    this.#source = source;
    source.addEventListener('open', () => this.#heard());
    source.addEventListener('beat', () => this.#heard());
    source.addEventListener('change', ({ data }: MessageEvent<string>) => {
      this.#heard();
      this.#tell(JSON.parse(data) as Change);
    });
    source.addEventListener('error', () => {
      this.#lose();
      // The browser tries again by itself, but not after an answer that is no stream of events.
      if (source.readyState === EventSource.CLOSED) setTimeout(() => this.start(), againMs);
    });
  }

  #heard(): void {
    clearTimeout(this.#watchdog);
    // The connection may be dead without anybody having said so.
    this.#watchdog = setTimeout(() => {
      this.#lose();
      this.start();
    }, silentMs);
    const wasLost = this.connection === 'lost';
    this.#become('live');
    if (wasLost) this.#tell(everything);
  }

  #lose(): void {
    clearTimeout(this.#watchdog);
    this.#become('lost');
  }

  #become(connection: 'live' | 'lost'): void {
    this.connection = connection;
    this.dispatchEvent(new Event('connection'));
  }

  #tell(change: Change): void {
    this.dispatchEvent(new CustomEvent('change', { detail: change }));
  }
}

export const live = new Live();

export function useConnection(): Live['connection'] {
  const [connection, setConnection] = useState(live.connection);
  useEffect(() => {
    const update = (): void => setConnection(live.connection);
    live.addEventListener('connection', update);
    return () => live.removeEventListener('connection', update);
  }, []);
  return connection;
}

export interface Shown<T> {
  readonly data: T | undefined;
  readonly error: Error | undefined;
}

/**
 * What the server says at a path, asked for again when a change concerns it and, with `everyMs`, from time to time. What
 * was shown before stays until the answer is there.
 */
export function useLive<T>(path: string, concerns: (change: Change) => boolean, everyMs?: number): Shown<T> {
  const [shown, setShown] = useState<Shown<T> & { readonly path: string }>({ path, data: undefined, error: undefined });
  useEffect(() => {
    const gone = new AbortController();
    const refresh = refresher(async () => {
      try {
        setShown({ path, data: await get<T>(path, gone.signal), error: undefined });
      } catch (error) {
        if (gone.signal.aborted) return;
        // Without a connection what is there stays, and the page says so above.
        setShown((before) => ({ path, data: before.data, error: error as Error }));
      }
    }, gone.signal);
    const onChange = (event: Event): void => {
      if (concerns((event as CustomEvent<Change>).detail)) refresh();
    };
    live.addEventListener('change', onChange, { signal: gone.signal });
    const timer = everyMs === undefined ? undefined : setInterval(refresh, everyMs);
    refresh();
    return () => {
      gone.abort();
      clearInterval(timer);
    };
    // What concerns a path follows from the path.
  }, [path, everyMs]);
  return shown;
}

/** Never two at a time, and never two within a moment; what is asked for meanwhile is done once, at the end. */
function refresher(act: () => Promise<void>, signal: AbortSignal): () => void {
  let state: 'idle' | 'busy' | 'wanted' = 'idle';
  const run = async (): Promise<void> => {
    state = 'busy';
    await act();
    await new Promise((resolve) => setTimeout(resolve, refreshMs));
    const isWanted = (state as string) === 'wanted' && !signal.aborted;
    state = 'idle';
    if (isWanted) await run();
  };
  return () => {
    if (state === 'idle') void run();
    else state = 'wanted';
  };
}
