import { closeSync, constants, lstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { z } from 'zod';

const deviceSchema = z.object({
  /** What the job asked for. */
  requested: z.enum(['GPU', 'CPU']),
  /** What rendered. DRIVER: EEVEE and Workbench draw with the graphics driver, whatever was asked for. */
  used: z.enum(['GPU', 'CPU', 'DRIVER']),
  /** OPTIX, CUDA, HIP, ONEAPI or METAL. */
  backend: z.string().nullable(),
  names: z.array(z.string()),
});

const sceneEventSchema = z.object({
  event: z.literal('scene'),
  protocol: z.literal(1),
  blenderVersion: z.string(),
  scene: z.string(),
  engine: z.string(),
  /** Blender's name of the image format, such as PNG or OPEN_EXR_MULTILAYER. */
  format: z.string(),
  extension: z.string(),
  /** Pixels; null when a cropped border makes the size a matter of rounding. */
  width: z.int().positive().nullable(),
  height: z.int().positive().nullable(),
  /** Names of a frame's own files, with #### for its number: one, or one for each view of a stereo scene. */
  mainFiles: z.array(z.string().includes('####')).min(1),
  device: deviceSchema,
  threads: z.int().positive(),
  /** Scripts in the scene that were not run; null when there were none. */
  blockedScripts: z.string().nullable(),
  /** What simulates without being baked, by name: then a frame depends on those rendered before it. */
  simulations: z.array(z.string()),
  /** When rendering began, by the clock of `JobPhases`. */
  monotonicSeconds: z.number(),
  /** Files that are missing, and that the frames are rendered without; null when there are none. */
  missingAssets: z.string().nullable(),
});

const frameEventSchema = z.object({
  event: z.literal('frame'),
  frame: z.int(),
  /** Relative to the output folder; main files and those of File Output nodes. */
  files: z.array(z.object({ path: z.string(), bytes: z.int().nonnegative() })),
  elapsedSeconds: z.number(),
  /** What Blender has refused to run by then. */
  blockedScripts: z.string().nullable(),
});

const doneEventSchema = z.object({
  event: z.literal('done'),
  framesWritten: z.int().nonnegative(),
  blockedScripts: z.string().nullable(),
});

/** Not all of what a hostile scene could name. */
const mostWanted = 10_000;

const errorEventSchema = z.object({
  event: z.literal('error'),
  code: z.string(),
  message: z.string(),
  /** Of `asset-missing`: what may lie beside the scene in storage (`WantedAsset`). */
  wanted: z
    .array(z.object({ path: z.string(), atFrames: z.boolean() }))
    .max(mostWanted)
    .optional(),
});

const eventSchema = z.discriminatedUnion('event', [
  sceneEventSchema,
  frameEventSchema,
  doneEventSchema,
  errorEventSchema,
]);

export type RenderEvent = z.infer<typeof eventSchema>;
export type SceneEvent = z.infer<typeof sceneEventSchema>;
export type FrameEvent = z.infer<typeof frameEventSchema>;
type DoneEvent = z.infer<typeof doneEventSchema>;
type ErrorEvent = z.infer<typeof errorEventSchema>;

/** What `render_frames.py` said about one run; what was not said is missing. */
export type RenderReport = {
  readonly scene?: SceneEvent;
  readonly frames: readonly FrameEvent[];
  readonly done?: DoneEvent;
  readonly error?: ErrorEvent;
};

/** One line of the report; undefined when it is not a whole event (cut off by the end of the process, or no report). */
export function parseReportLine(line: string): RenderEvent | undefined {
  try {
    return eventSchema.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

/** Reads a whole report. Of several scene, done or error events the last one counts. */
export function parseReport(text: string): RenderReport {
  const events = text.split('\n').map(parseReportLine);
  const scene = events.findLast((event) => event?.event === 'scene');
  const done = events.findLast((event) => event?.event === 'done');
  const error = events.findLast((event) => event?.event === 'error');
  return {
    frames: events.filter((event) => event?.event === 'frame'),
    ...(scene && { scene }),
    ...(done && { done }),
    ...(error && { error }),
  };
}

/** The report in a file; an empty one when Blender never got as far as opening it. */
export function readReport(path: string): RenderReport {
  const file = openReport(path);
  if (file === undefined) return { frames: [] };
  try {
    return parseReport(readFileSync(file, 'utf8'));
  } finally {
    closeSync(file);
  }
}

/** Longer than the line of any scene but a monstrous one. */
const sceneLineBytes = 65_536;

/** What Blender said of the scene, without the rest of the report; undefined when it did not get that far. */
export function readSceneEvent(path: string): SceneEvent | undefined {
  const event = parseReportLine(firstLine(path));
  return event?.event === 'scene' ? event : undefined;
}

function firstLine(path: string): string {
  const file = openReport(path);
  if (file === undefined) return '';
  try {
    const buffer = Buffer.alloc(sceneLineBytes);
    const length = readSync(file, buffer);
    return buffer.toString('utf8', 0, length).split('\n', 1)[0] ?? '';
  } finally {
    closeSync(file);
  }
}

/**
 * Undefined when there is none. Code in a scene could have put a link or a pipe in its place, of which the one leads
 * elsewhere and the other never ends: these are no reports.
 */
export function openReport(path: string): number | undefined {
  if (!lstatSync(path, { throwIfNoEntry: false })?.isFile()) return undefined;
  return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
}
