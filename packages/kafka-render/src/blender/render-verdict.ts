import { FailedError, RejectedError } from 'kafka-runner';
import type { JobError } from 'kafka-runner';
import { isFailure, refusalOfExitCode } from './exit-codes.ts';
import type { RefusalCode } from './exit-codes.ts';
import type { RenderReport, SceneEvent } from './render-report.ts';

const OUTPUT_LINES = 5;

/** How Blender's process ended. */
export type ProcessEnd = { readonly exitCode: number | null; readonly signal: string | null };

/**
 * What Blender said about the scene, when neither its exit nor its report speaks against the frames. That proves
 * nothing in their favour: `verifyFrames` does.
 * @param output the last lines that Blender printed, for the message of an error that they may explain
 * @throws {RejectedError} the scene or the job is at fault (`no-camera`, `movie-format`, `resolution-too-large`, ...)
 * @throws {FailedError} rendering went wrong (`script-error`, `render-error`, `scene-not-loaded`, `crashed`)
 */
export function renderedScene(end: ProcessEnd, report: RenderReport, output: readonly string[] = []): SceneEvent {
  if (report.error) {
    throw refusal(report.error.code, report.error.message, output);
  }
  const code = refusalOfExitCode(end.exitCode);
  if (code) {
    throw refusal(code, `render_frames.py ended with exit code ${end.exitCode} and left no report`, output);
  }
  if (end.signal || end.exitCode !== 0) {
    const how = end.signal ? `was ended by ${end.signal}` : `ended with exit code ${end.exitCode}`;
    throw new FailedError('crashed', `Blender ${how}; ${lastWords(report)}${printed(output)}`);
  }
  if (!report.scene || !report.done) {
    const message = `Blender ended early, with exit code 0; ${lastWords(report)}${printed(output)}`;
    throw new FailedError('crashed', message);
  }
  // Some scripts are refused only while rendering.
  return { ...report.scene, blockedScripts: report.done.blockedScripts ?? report.scene.blockedScripts };
}

function refusal(code: string, message: string, output: readonly string[]): JobError {
  if (!isFailure(code as RefusalCode)) return new RejectedError(code, message);
  return new FailedError(code, code === 'script-error' ? message + printed(output) : message);
}

function printed(output: readonly string[]): string {
  return output.length === 0 ? '' : `; the last it printed: ${output.slice(-OUTPUT_LINES).join(' | ')}`;
}

function lastWords(report: RenderReport): string {
  const last = report.frames.at(-1);
  if (last) {
    return `the last frame it reported is ${last.frame}`;
  }
  return report.scene ? 'it had opened the scene and reported no frame' : 'it never got as far as opening the scene';
}
