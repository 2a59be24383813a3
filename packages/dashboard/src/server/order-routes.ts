import type { DatabaseSync } from 'node:sqlite';
import type { FastifyInstance } from 'fastify';
import { FencedError } from 'kafka-runner';
import type { DashboardTopics } from '../config.ts';
import { jobDetail } from '../history/job-queries.ts';
import type { Orders } from '../orders.ts';
import { jobParams, type JobParams } from './job-params.ts';

export interface OrderParts {
  readonly database: DatabaseSync;
  readonly topics: DashboardTopics;
  readonly orders: Pick<Orders, 'cancel' | 'retry'>;
}

/** All that changes anything; the guard has seen the token. */
export function addOrderRoutes(server: FastifyInstance, { database, topics, orders }: OrderParts): void {
  const schema = { params: jobParams };
  // The browser asks whether its token is right, before it is needed.
  server.post('/api/token', async (_request, reply) => await reply.code(204).send());
  server.post<JobParams>('/api/jobs/:partition/:offset/cancel', { schema }, async ({ params }, reply) => {
    if (topics.control === undefined) return await reply.code(409).send({ error: 'there is no --control-topic' });
    const job = jobDetail(database, topics.jobs, params.partition, params.offset);
    if (job === undefined) return await reply.code(404).send({ error: 'no such job' });
    await orders.cancel(topics.control, params);
    return await reply.code(202).send({});
  });
  server.post<JobParams>('/api/jobs/:partition/:offset/retry', { schema }, async ({ params }, reply) => {
    try {
      const outcome = await orders.retry(params);
      if (outcome === 'input topic' || outcome === 'error record') return await reply.code(202).send({});
      return await reply.code(409).send({ error: why[outcome] });
    } catch (error) {
      if (!(error instanceof FencedError)) throw error;
      return await reply.code(409).send({ error: 'somebody else is sending jobs again right now: try once more' });
    }
  });
}

const why = {
  unknown: 'the error topic holds no record of this job',
  'sent before': 'it has been sent again before',
  gone: 'retention has taken the original, and the error record does not hold all of it',
  'too large': 'it is larger than the topic takes',
} as const;
