import type { DatabaseSync } from 'node:sqlite';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { AccessDeniedError, NoSuchBucketError } from 'kafka-runner';
import type { FramePage } from '../api.ts';
import { isPicture, type JobFrames } from '../frames/job-frames.ts';
import type { Thumbnails } from '../frames/thumbnails.ts';
import { jobOutput, type JobOutput } from '../history/job-queries.ts';
import { frameParams, jobParams, type JobParams } from './job-params.ts';

export interface FrameParts {
  readonly database: DatabaseSync;
  /** Undefined: without object storage. */
  readonly frames: { readonly list: JobFrames; readonly thumbnails: Thumbnails } | undefined;
}

interface FrameParams {
  Params: JobParams['Params'] & { readonly frame: number };
}

type FramesRequest = JobParams & { Querystring: { readonly from: number } };

const framesQuery = { type: 'object', properties: { from: { type: 'integer', minimum: 0, default: 0 } } };

/** Of what is in storage a browser gets numbers of frames and small pictures of them. */
export function addFrameRoutes(server: FastifyInstance, { database, frames }: FrameParts): void {
  const schema = { params: jobParams, querystring: framesQuery };
  server.get<FramesRequest>('/api/jobs/:partition/:offset/frames', { schema }, async ({ params, query }, reply) => {
    const job = jobOutput(database, params.partition, params.offset);
    if (job === undefined || frames === undefined) return missing(reply);
    return await listed(frames.list, job, query.from, goneSignal(reply));
  });
  server.get<FrameParams>(
    '/api/jobs/:partition/:offset/frames/:frame/thumbnail',
    { schema: { params: frameParams } },
    async ({ params }, reply) => {
      const job = jobOutput(database, params.partition, params.offset);
      const signal = goneSignal(reply);
      const frame = job && (await frames?.list.find(job, params.frame, signal));
      const picture = frame && (await frames?.thumbnails.of(frame, signal));
      if (picture === undefined) return missing(reply);
      // The address holds the version of the frame.
      return await reply.type('image/webp').header('cache-control', 'private, max-age=86400').send(picture);
    },
  );
}

async function listed(list: JobFrames, job: JobOutput, from: number, signal: AbortSignal): Promise<FramePage> {
  try {
    const { frames, next } = await list.list(job, from, signal);
    const shown = frames.map(({ frame, etag, key }) => ({ frame, version: plain(etag), isShown: isPicture(key) }));
    return { frames: shown, next };
  } catch (error) {
    // The job names a place that is not there (yet), or is not for us: then there are no frames to show.
    if (error instanceof NoSuchBucketError || error instanceof AccessDeniedError) return { frames: [], next: null };
    throw error;
  }
}

/** Nobody waits for the answer any more: nothing more is fetched for it. */
function goneSignal({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  raw.on('close', () => gone.abort(new Error('the browser has gone')));
  return gone.signal;
}

function plain(etag: string): string {
  return etag.replaceAll(/[^\w-]/g, '');
}

async function missing(reply: FastifyReply): Promise<FastifyReply> {
  return await reply.code(404).send({ error: 'there is no such frame' });
}
