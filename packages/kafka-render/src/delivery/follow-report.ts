import { closeSync, readSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { openReport, parseReportLine, type FrameEvent, type SceneEvent } from '../blender/render-report.ts';

/** How often the report is looked at. What a command has written when it is over is left to whoever reads the whole of it. */
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

/** Reads are synchronous: from memory, and small, they take a twentieth of the way through the thread pool. */
async function* followLines(path: string, { over, stop }: ReportSignals): AsyncGenerator<string> {
  let file: number | undefined;
  let begun: Buffer = Buffer.alloc(0);
  const either = AbortSignal.any([over, stop]);
  try {
    while (await isStillGoingOn(either)) {
      file ??= openReport(path);
      if (file === undefined) continue;
      for (let chunk = readSome(file); chunk.length > 0; chunk = readSome(file)) {
        const { lines, rest } = wholeLines(Buffer.concat([begun, chunk]));
        yield* lines;
        begun = rest;
      }
    }
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function readSome(file: number): Buffer {
  const buffer = Buffer.allocUnsafe(65_536);
  return buffer.subarray(0, readSync(file, buffer, 0, buffer.length, null));
}

function wholeLines(bytes: Buffer): { lines: string[]; rest: Buffer } {
  const end = bytes.lastIndexOf(newline) + 1;
  const lines = bytes.toString('utf8', 0, end).split('\n').slice(0, -1);
  return { lines, rest: bytes.subarray(end) };
}

/** After a pause; at once when the signal is aborted, and then no more. */
async function isStillGoingOn(signal: AbortSignal): Promise<boolean> {
  if (!signal.aborted) await sleep(lookEveryMs, undefined, { signal }).catch(() => undefined);
  return !signal.aborted;
}
