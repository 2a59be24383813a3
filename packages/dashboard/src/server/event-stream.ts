import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { Change } from '../api.ts';
import type { History } from '../history/history.ts';

/** How often browsers are told at most. */
const tellMs = 250;
const beatMs = 10_000;

/** More names help nobody: everything is looked at anew. */
const maxNames = 200;

/** A browser that takes nothing any more (a page in the background of a sleeping machine) is let go of. */
const maxWaitingBytes = 1_000_000;

/** Tells all browsers what has changed (server-sent events); they ask for what they show of it. */
export class EventStream implements Disposable {
  readonly #clients = new Set<ServerResponse>();
  readonly #beat: NodeJS.Timeout;
  #jobs = new Set<string>();
  #hasWorkers = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(history: History) {
    history.changed.on('change', ({ jobs, workers }) => {
      this.#jobs = this.#jobs.union(jobs);
      this.#hasWorkers ||= workers;
      this.#timer ??= setTimeout(() => this.#tell(), tellMs);
    });
    this.#beat = setInterval(() => this.#send('event: beat\ndata: 0\n\n'), beatMs);
  }

  /** Keeps the answer open. */
  add(reply: FastifyReply): void {
    const headers = { ...reply.getHeaders(), 'content-type': 'text/event-stream', 'cache-control': 'no-store' };
    reply.hijack();
    const client = reply.raw;
    client.writeHead(200, headers as Record<string, string>);
    client.write('retry: 1000\n\n');
    this.#clients.add(client);
    client.on('close', () => this.#clients.delete(client));
  }

  [Symbol.dispose](): void {
    clearInterval(this.#beat);
    clearTimeout(this.#timer);
    for (const client of this.#clients) client.destroy();
  }

  #tell(): void {
    this.#timer = undefined;
    const jobs = this.#jobs.size > maxNames ? null : [...this.#jobs];
    const change: Change = { jobs, workers: this.#hasWorkers };
    this.#jobs = new Set();
    this.#hasWorkers = false;
    this.#send(`event: change\ndata: ${JSON.stringify(change)}\n\n`);
  }

  #send(text: string): void {
    for (const client of this.#clients) {
      if (client.writableLength > maxWaitingBytes) client.destroy();
      else client.write(text);
    }
  }
}
