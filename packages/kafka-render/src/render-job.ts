import {
  describeFaults,
  type JsonObject,
  parseObjectPath,
  parseObjectPrefix,
  RejectedError,
  type ObjectPath,
  type Schema,
} from 'kafka-runner';
import { z } from 'zod';
import { frameRange, type FrameRange } from './frames/frame-range.ts';

/** A job, checked once: everything behind this may be trusted. */
export interface RenderJob {
  readonly scene: ObjectPath;
  readonly frames: FrameRange;
  readonly useGpu: boolean;
  /** The bucket and the prefix that frames are put under. */
  readonly output: ObjectPath;
  /** By which its sender knows it, as text: a `jobId` may be of any size. */
  readonly sender: { readonly jobId: string; readonly timestamp: string };
}

/** What JSON Schema calls an integer: of any size, and then a bigint. How large one may be is for `frameRange` to say. */
const integer = z.preprocess(
  (value) => (typeof value === 'bigint' ? Math.min(Number(value), Number.MAX_VALUE) : value),
  z.number().refine(Number.isInteger, 'expected an integer'),
);

/** What is needed to act on a job, also where the schema is missing. */
const actionable = z.object({
  scenePath: z.string(),
  startFrame: integer.pipe(z.number().min(0)).default(0),
  numFrames: integer.pipe(z.number().min(1)).default(1),
  useGPU: z.boolean().default(false),
  outputLocation: z.string(),
  // What a job needs for nothing but to be told from others.
  jobId: z.unknown().optional().transform(String),
  timestamp: z.unknown().optional().transform(String),
});

export interface RenderJobRules {
  /** `render_job.schema.json`; undefined when it could not be read. */
  readonly schema: Schema | undefined;
  readonly maxFrames: number;
}

/**
 * Reads a job from a message's value.
 * @throws RejectedError `schema-invalid`, `job-unusable` (without the schema), `bad-object-path`, `too-many-frames`,
 *   `frame-out-of-range`
 */
export function parseRenderJob(value: unknown, rules: RenderJobRules): RenderJob {
  const faults = rules.schema?.faults(value) ?? [];
  if (faults.length > 0) {
    throw new RejectedError('schema-invalid', `not a valid render job: ${describeFaults(faults)}`);
  }
  const job = actionable.safeParse(value);
  if (!job.success) throw new RejectedError('job-unusable', `not a render job: ${describeIssues(job.error)}`);
  const { scenePath, startFrame, numFrames, useGPU, outputLocation, jobId, timestamp } = job.data;
  return {
    scene: ofField('scenePath', () => parseObjectPath(scenePath)),
    frames: frameRange(startFrame, numFrames, rules.maxFrames),
    useGpu: useGPU,
    output: ofField('outputLocation', () => parseObjectPrefix(outputLocation)),
    sender: { jobId, timestamp },
  };
}

/** Whoever mends the sender has to know which of its fields it is. */
function ofField<T>(field: string, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    if (!(cause instanceof RejectedError)) throw cause;
    throw new RejectedError(cause.code, `${field}: ${cause.message}`, { cause });
  }
}

/** Fields that are nearly called like one of a job (`startframe`, `num_frames`): the schema lets them be, and so do we. */
export function misspeltFields(value: JsonObject): string[] {
  const fields = Object.keys(actionable.shape);
  const known = new Set(fields.map(asHeard));
  return Object.keys(value).filter((name) => !fields.includes(name) && known.has(asHeard(name)));
}

function asHeard(name: string): string {
  return name.replaceAll(/[\s_-]/g, '').toLowerCase();
}

function describeIssues(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `${path.join('/') || 'the value'}: ${message}`).join('; ');
}
