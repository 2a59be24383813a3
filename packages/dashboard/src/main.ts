import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import {
  ConfigError,
  createLogger,
  MinioClient,
  onShutdownSignals,
  readMinioCredentials,
  TopicFollower,
  type Logger,
} from 'kafka-runner';
import { warnOfOpenFiles } from 'kafka-render';
import { readConfig, type DashboardConfig } from './config.ts';
import { JobFrames } from './frames/job-frames.ts';
import { Thumbnails } from './frames/thumbnails.ts';
import { History } from './history/history.ts';
import { openHistory } from './history/open-history.ts';
import { Orders } from './orders.ts';
import { EventStream } from './server/event-stream.ts';
import { makeServer } from './server/server.ts';
import { Token } from './token.ts';

const clientId = 'kafka-render-dashboard';

/** Arguments -> configuration -> parts -> run, until a signal comes or the topics cannot be read any more. */
export async function main(args: readonly string[]): Promise<void> {
  const config = readConfig(args);
  const logger = createLogger({ runner: clientId, level: 'info' });
  warnOfOpenFiles(config.options, logger);
  const { tokenFile, port } = config.options;
  const token = tokenFile === undefined ? new Token() : Token.fromFile(tokenFile, logger);
  await using parts = new AsyncDisposableStack();
  const { topics, client } = config;
  const database = openHistory(config.options.history, sourceOf(config));
  parts.defer(() => database.close());
  const history = new History(database, topics);
  const events = parts.use(new EventStream(history));
  const orders = parts.use(await Orders.connect({ client, clientId, topics, logger }));
  const frames = await openFrames(config, logger, parts);
  const hasStorage = frames !== undefined;
  const server = await makeServer({ database, topics, hasStorage, frames, orders, events, token, logger });
  parts.defer(() => server.close());
  const follower = parts.use(await follow(config, history, logger));
  const url = await listen(server, port);
  sayWhere(url, tokenFile === undefined ? token : undefined);
  await Promise.race([follower.ended, shutdown(parts)]);
}

async function listen(server: FastifyInstance, port: number): Promise<string> {
  try {
    return await server.listen({ host: '127.0.0.1', port });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw cause;
    throw new ConfigError(`port ${port} is in use, perhaps by another dashboard: name another one with --port`, {
      cause,
    });
  }
}

/** A file that was made of other topics, or of another Kafka, is not this one's history. */
function sourceOf({ topics, client }: DashboardConfig): string {
  const { jobs, results, errors, progress = null } = topics;
  return JSON.stringify({ brokers: client.bootstrapServers.toSorted(), jobs, results, errors, progress });
}

async function openFrames({ options }: DashboardConfig, logger: Logger, parts: AsyncDisposableStack) {
  const { credentials, buckets } = options;
  if (credentials === undefined) return undefined;
  const warn = (warning: string): void => logger.warn({ code: 'secret-file-open' }, warning);
  const storage = parts.use(new MinioClient(await readMinioCredentials(path.resolve(credentials), warn)));
  return { list: new JobFrames(storage, buckets), thumbnails: new Thumbnails(storage) };
}

async function follow({ client, topics }: DashboardConfig, history: History, logger: Logger): Promise<TopicFollower> {
  const { jobs, results, errors, progress } = topics;
  return await TopicFollower.start({
    client,
    clientId,
    topics: [jobs, results, errors, ...(progress === undefined ? [] : [progress])],
    startAt: ({ topic, partition }) => history.position(topic, partition),
    take: (records) => history.take(records),
    logger,
  });
}

/** The token stands behind the `#`: a browser keeps that part to itself. */
function sayWhere(url: string, token: Token | undefined): void {
  console.log(`The dashboard is at ${url}/${token ? `#token=${token.text}` : ''}`);
}

function shutdown(parts: AsyncDisposableStack): Promise<void> {
  return new Promise((resolve) => {
    parts.use(onShutdownSignals(() => resolve()));
  });
}
