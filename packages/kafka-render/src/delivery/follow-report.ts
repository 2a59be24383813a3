import { open, type FileHandle } from 'node:fs/promises';
import { parseReportLine, type FrameEvent, type SceneEvent } from '../blender/render-report.ts';

/** How often the report is looked at; a read of nothing costs about 0.05 ms. */
const lookEveryMs = 20;
const newline = 0x0a;

/** A frame that Blender says it has written, and the scene it said it renders. */
export interface ReportedFrame {
  readonly scene: SceneEvent;
  readonly event: FrameEvent;
}

export interface ReportSignals {
  /** Aborted when the command is over: what the report holds then is all. */
  readonly over: AbortSignal;
  /** Aborted when nobody wants the frames any more. */
  readonly stop: AbortSignal;
}

/** The frames of a report that is still being written, each as soon as its line is whole. */
export async function* followReport(reportPath: string, signals: ReportSignals): AsyncGenerator<ReportedFrame> {
  let scene: SceneEvent | undefined;
  for await (const line of followLines(reportPath, signals)) {
    const event = parseReportLine(line);
    if (event?.event === 'scene') scene = event;
    if (event?.event === 'frame' && scene) yield { scene, event };
  }
}

async function* followLines(path: string, { over, stop }: ReportSignals): AsyncGenerator<string> {
  let file: FileHandle | undefined;
  let begun: Buffer = Buffer.alloc(0);
  try {
    while (!stop.aborted) {
      // Asked before reading: what was written until then is read.
      const isLast = over.aborted;
      file ??= await openIfThere(path);
      for (let chunk = await readSome(file); chunk.length > 0; chunk = await readSome(file)) {
        const { lines, rest } = wholeLines(Buffer.concat([begun, chunk]));
        yield* lines;
        begun = rest;
      }
      if (isLast) return;
      await pause(lookEveryMs, AbortSignal.any([over, stop]));
    }
  } finally {
    await file?.close();
  }
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function readSome(file: FileHandle | undefined): Promise<Buffer> {
  if (!file) return Buffer.alloc(0);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(65_536), 0, 65_536, null);
  return buffer.subarray(0, bytesRead);
}

function wholeLines(bytes: Buffer): { lines: string[]; rest: Buffer } {
  const end = bytes.lastIndexOf(newline) + 1;
  const lines = bytes.toString('utf8', 0, end).split('\n').slice(0, -1);
  return { lines, rest: bytes.subarray(end) };
}

/** Until the time is over or the signal is aborted, whichever comes first. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = (): void => resolve();
  const timer = setTimeout(end, ms);
  signal.addEventListener('abort', end, { once: true });
  await promise;
  clearTimeout(timer);
  signal.removeEventListener('abort', end);
}
