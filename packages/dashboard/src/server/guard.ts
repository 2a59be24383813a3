import helmet from '@fastify/helmet';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Token } from '../token.ts';

/** The page is made of its own files alone, and shown in no frame of anybody else's. */
const contentSecurityPolicy = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'"],
    connectSrc: ["'self'"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
};

const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]']);

/** What every request has to pass, whatever it is for. */
export async function addGuard(server: FastifyInstance, token: Token): Promise<void> {
  // It is for this machine, without TLS.
  await server.register(helmet, { contentSecurityPolicy, strictTransportSecurity: false });
  server.addHook('onRequest', async (request, reply) => {
    if (!isForLoopback(request)) return refuse(reply, 421, 'this server answers to localhost only');
    const isReading = request.method === 'GET' || request.method === 'HEAD';
    if (isReading) return undefined;
    if (!isFromOwnPage(request)) return refuse(reply, 403, 'not from a page of this server');
    if (!token.isIn(request.headers.authorization)) return refuse(reply, 401, 'the token is missing or wrong');
    return undefined;
  });
}

/** A name of somebody else's that leads to this address (DNS rebinding) would let that site's pages read ours. */
function isForLoopback({ headers }: FastifyRequest): boolean {
  return loopbackNames.has((headers.host ?? '').replace(/:\d+$/, ''));
}

/** Programs send neither header, browsers both. */
function isFromOwnPage({ headers }: FastifyRequest): boolean {
  const { origin, host } = headers;
  const site = headers['sec-fetch-site'];
  return (origin === undefined || origin === `http://${host}`) && (site === undefined || site === 'same-origin');
}

async function refuse(reply: FastifyReply, status: number, error: string): Promise<FastifyReply> {
  return await reply.code(status).send({ error });
}
