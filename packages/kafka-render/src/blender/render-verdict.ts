import { FailedError, RejectedError } from 'kafka-runner';
import type { JobError } from 'kafka-runner';
import { isFailure, refusalOfExitCode } from './exit-codes.ts';
import type { RefusalCode } from './exit-codes.ts';
import type { RenderReport, SceneEvent } from './render-report.ts';

/** How Blender's process ended. */
export type ProcessEnd = { readonly exitCode: number | null; readonly signal: string | null };

/**
 * What Blender said about the scene, when neither its exit nor its report speaks against the frames. That proves
 * nothing in their favour: `verifyFrames` does.
 * @throws {RejectedError} the scene or the job is at fault (`no-camera`, `movie-format`, `resolution-too-large`, ...)
 * @throws {FailedError} rendering went wrong (`python-error`, `render-error`, `scene-not-loaded`, `blender-failed`)
 */
export function renderedScene(end: ProcessEnd, report: RenderReport): SceneEvent {
  if (report.error) {
    throw refusal(report.error.code, report.error.message);
  }
  const code = refusalOfExitCode(end.exitCode);
  if (code) {
    throw refusal(code, `render_frames.py ended with exit code ${end.exitCode} and left no report`);
  }
  if (end.signal || end.exitCode !== 0) {
    const how = end.signal ? `was ended by ${end.signal}` : `ended with exit code ${end.exitCode}`;
    throw new FailedError('blender-failed', `Blender ${how}; ${lastWords(report)}`);
  }
  if (!report.scene || !report.done) {
    throw new FailedError('blender-failed', `Blender ended early, with exit code 0; ${lastWords(report)}`);
  }
  return report.scene;
}

function refusal(code: string, message: string): JobError {
  return isFailure(code as RefusalCode) ? new FailedError(code, message) : new RejectedError(code, message);
}

function lastWords(report: RenderReport): string {
  const last = report.frames.at(-1);
  if (last) {
    return `the last frame it reported is ${last.frame}`;
  }
  return report.scene ? 'it had opened the scene and reported no frame' : 'it never got as far as opening the scene';
}
