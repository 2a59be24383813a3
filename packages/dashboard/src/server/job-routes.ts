import type { DatabaseSync } from 'node:sqlite';
import type { FastifyInstance } from 'fastify';
import { stages, type About, type Stage } from '../api.ts';
import type { DashboardTopics } from '../config.ts';
import { activity, workerRows } from '../history/activity.ts';
import { jobDetail, jobPage, stageCounts } from '../history/job-queries.ts';
import { jobParams, type JobParams } from './job-params.ts';

export interface JobParts {
  readonly database: DatabaseSync;
  readonly topics: DashboardTopics;
  readonly hasStorage: boolean;
}

interface JobsQuery {
  readonly stage?: Stage;
  readonly search?: string;
  readonly before?: string;
  readonly limit: number;
}

const jobsQuery = {
  type: 'object',
  properties: {
    stage: { enum: stages },
    search: { type: 'string', maxLength: 200 },
    before: { type: 'string', pattern: '^-?\\d{1,16}\\.\\d{1,16}\\.\\d{1,16}$' },
    limit: { type: 'integer', minimum: 1, maximum: 200, default: 50 },
  },
};

const activityQuery = {
  type: 'object',
  properties: { hours: { type: 'integer', minimum: 1, maximum: 24 * 31, default: 1 } },
};

/** What is read of the history. */
export function addJobRoutes(server: FastifyInstance, { database, topics, hasStorage }: JobParts): void {
  server.get('/api/about', (): About => {
    const { jobs: inTopic, control, progress } = topics;
    return { inTopic, canCancel: control !== undefined, hasProgress: progress !== undefined, hasStorage };
  });
  server.get<{ Querystring: JobsQuery }>('/api/jobs', { schema: { querystring: jobsQuery } }, ({ query }) =>
    jobPage(database, topics.jobs, query),
  );
  server.get('/api/counts', () => stageCounts(database));
  server.get<JobParams>('/api/jobs/:partition/:offset', { schema: { params: jobParams } }, ({ params }, reply) => {
    const { partition, offset } = params;
    return jobDetail(database, topics.jobs, partition, offset) ?? reply.code(404).send({ error: 'no such job' });
  });
  server.get('/api/workers', () => workerRows(database));
  server.get<{ Querystring: { hours: number } }>(
    '/api/activity',
    { schema: { querystring: activityQuery } },
    ({ query }) => activity(database, query.hours),
  );
}
