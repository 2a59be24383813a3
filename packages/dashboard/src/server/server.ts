import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import Fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import { ConfigError, JobError, RejectedError, type Logger } from 'kafka-runner';
import type { Token } from '../token.ts';
import type { EventStream } from './event-stream.ts';
import { addGuard } from './guard.ts';
import { addFrameRoutes, type FrameParts } from './frame-routes.ts';
import { addJobRoutes, type JobParts } from './job-routes.ts';
import { addOrderRoutes, type OrderParts } from './order-routes.ts';

/** Where the browser's part lies, from `src` as from `dist`. */
const clientFolder = fileURLToPath(new URL('../../dist/client', import.meta.url));

export interface ServerParts extends JobParts, FrameParts, OrderParts {
  readonly events: EventStream;
  readonly token: Token;
  readonly logger: Logger;
}

export async function makeServer(parts: ServerParts): Promise<FastifyInstance> {
  if (!existsSync(clientFolder)) throw new ConfigError(`there is no ${clientFolder}: build the package first`);
  // Messages to it are a few bytes; its answers are its own.
  const server = Fastify({ bodyLimit: 10_000, forceCloseConnections: true });
  server.setErrorHandler(async (error: FastifyError, _request, reply) => {
    const status = statusOf(error);
    if (status >= 500) parts.logger.error({ err: error }, 'a request could not be answered');
    const isForPeople = error instanceof JobError || status < 500;
    return await reply.code(status).send({ error: isForPeople ? error.message : 'internal error, see the log' });
  });
  await addGuard(server, parts.token);
  server.get('/api/events', (_request, reply) => parts.events.add(reply));
  addJobRoutes(server, parts);
  addFrameRoutes(server, parts);
  addOrderRoutes(server, parts);
  await server.register(fastifyStatic, { root: clientFolder });
  return server;
}

function statusOf(error: FastifyError | JobError): number {
  // What is not there, or not for us.
  if (error instanceof RejectedError) return 404;
  return error instanceof JobError ? 502 : (error.statusCode ?? 500);
}
