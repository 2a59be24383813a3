import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConfigError } from '../errors.ts';
import type { Logger } from '../logging/logger.ts';

/** What a path answers. */
export interface Page {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

export interface MetricsServerSettings {
  readonly host: string;
  readonly port: number;
  /** By path. */
  readonly pages: Readonly<Record<string, () => Page | Promise<Page>>>;
  readonly logger: Logger;
}

/** Enough for whoever scrapes; nobody else's connections take the worker's file descriptors. */
const maxConnections = 20;

/** Answers GET on a few paths, and nothing else. */
export class MetricsServer implements AsyncDisposable {
  readonly #settings: MetricsServerSettings;
  readonly #server: Server;

  private constructor(settings: MetricsServerSettings) {
    this.#settings = settings;
    this.#server = createServer((request, response) => void this.#answer(request, response));
    this.#server.maxConnections = maxConnections;
  }

  /** Throws ConfigError when the address cannot be had. */
  static async open(settings: MetricsServerSettings): Promise<MetricsServer> {
    const { host, port, logger } = settings;
    const opened = new MetricsServer(settings);
    try {
      opened.#server.listen(port, host);
      await once(opened.#server, 'listening');
    } catch (error) {
      throw noAddress(error as NodeJS.ErrnoException, settings);
    }
    // A connection that cannot be taken, as without file descriptors, is no reason to end.
    opened.#server.on('error', (error) => logger.warn({ err: error }, 'metrics: a connection could not be taken'));
    logger.info({ url: opened.url, paths: Object.keys(settings.pages) }, 'metrics are served');
    return opened;
  }

  get url(): string {
    const { address, family, port } = this.#server.address() as AddressInfo;
    return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer({ method = '', url = '' }: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, type, body } = await this.#page(method, url);
    response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store', allow: 'GET, HEAD' });
    response.end(body);
  }

  async #page(method: string, url: string): Promise<Page> {
    const { pages, logger } = this.#settings;
    const [path = ''] = url.split('?');
    const page = Object.hasOwn(pages, path) ? pages[path] : undefined;
    if (!page) return plain(404, `there are ${Object.keys(pages).join(', ')}`);
    if (method !== 'GET' && method !== 'HEAD') return plain(405, 'GET it');
    try {
      return await page();
    } catch (error) {
      logger.warn({ err: error }, `metrics: ${path} could not be answered`);
      return plain(500, 'the log says why');
    }
  }
}

function plain(status: number, text: string): Page {
  return { status, type: 'text/plain; charset=utf-8', body: `${text}\n` };
}

function noAddress(cause: NodeJS.ErrnoException, { host, port }: MetricsServerSettings): ConfigError {
  const advice =
    cause.code === 'EADDRINUSE'
      ? 'the port is in use; give each worker on a machine one of its own'
      : `${cause.message}; choose another host or port`;
  return new ConfigError(`metrics cannot be served at ${host}:${port}: ${advice}`, { cause });
}
