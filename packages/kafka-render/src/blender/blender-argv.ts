import { isAbsolute, join } from 'node:path';
import { ConfigError } from 'kafka-runner';
import { formatRanges, type FrameRange } from '../frames/frame-range.ts';
import { exitCodes } from './exit-codes.ts';

/** Frames of one scene, for one process of Blender. All paths are absolute. */
export type RenderRequest = {
  /** The local .blend. */
  readonly scenePath: string;
  readonly frames: readonly FrameRange[];
  /** What to render instead when the scene simulates, so that a frame follows from those before it. */
  readonly simulatedFrames?: FrameRange;
  /** An empty folder: everything that is in it afterwards was rendered by this request. */
  readonly outputFolder: string;
  /**
   * A file, outside of the output folder, to which Blender appends what happens; see `render-report.ts`. `/dev/fd/N`
   * is a pipe or socket that the process inherits.
   */
  readonly reportPath: string;
  readonly useGpu?: boolean;
  /** What to do when a GPU is asked for and there is none. Default `cpu`. */
  readonly gpuMissing?: 'cpu' | 'fail';
  /** Largest picture, width times height. Default 16384 x 16384. */
  readonly maxPixels?: number;
  /** What to do when files are missing that the scene uses. Default `fail`. */
  readonly missingAssets?: 'fail' | 'ignore';
  /** What to do when the scene contains scripts, which are never run. Default `render`. */
  readonly blockedScripts?: 'render' | 'fail';
  /** Threads for rendering. Default: one for each processor. */
  readonly threads?: number;
};

/** The script that runs inside Blender. */
export const renderScript = join(import.meta.dirname, '../../blender/render_frames.py');

/**
 * The command line that renders. Blender acts on its arguments in order: scripts are switched off before the scene
 * is opened, and the exit code for Python errors holds only for scripts named after it.
 * @throws {ConfigError} for a path that Blender would change
 */
export function blenderArgv(blender: string, request: RenderRequest): string[] {
  [request.scenePath, request.outputFolder].forEach(checkPath);
  const threads = request.threads === undefined ? [] : ['-t', String(request.threads)];
  return [
    blender,
    ...['--factory-startup', '-noaudio', '-Y', ...threads],
    ...[request.scenePath, '--background'],
    ...['--python-exit-code', String(exitCodes['python-error']), '--python', renderScript],
    ...['--', ...scriptArguments(request)],
  ];
}

/** Blender reads a relative path against $PWD, and turns backslashes into slashes. */
function checkPath(path: string): void {
  if (!isAbsolute(path) || path.includes('\\')) {
    throw new ConfigError(
      `'${path}' is no path for Blender: it must be absolute and without backslashes; work in another folder`,
    );
  }
}

function scriptArguments(request: RenderRequest): string[] {
  return [
    `--scene=${request.scenePath}`,
    `--frames=${formatRanges(request.frames)}`,
    ...(request.simulatedFrames ? [`--simulated-frames=${formatRanges([request.simulatedFrames])}`] : []),
    `--output=${request.outputFolder}`,
    `--report=${request.reportPath}`,
    ...(request.useGpu ? ['--gpu', `--gpu-missing=${request.gpuMissing ?? 'cpu'}`] : []),
    ...(request.maxPixels === undefined ? [] : [`--max-pixels=${request.maxPixels}`]),
    ...(request.missingAssets === undefined ? [] : [`--missing-assets=${request.missingAssets}`]),
    ...(request.blockedScripts === undefined ? [] : [`--blocked-scripts=${request.blockedScripts}`]),
  ];
}
