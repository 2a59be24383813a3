import { isAbsolute, join } from 'node:path';
import { ConfigError } from 'kafka-runner';
import { formatRanges, type FrameRange } from '../frames/frame-range.ts';
import type { BlenderVersion } from './blender-version.ts';
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
  readonly missingAssets?: 'fail' | 'warn';
  /** Whether scripts in the scene are run. Default: no. */
  readonly allowScripts?: boolean;
  /** What to do when the scene contains scripts that are not run. Default `render`. */
  readonly blockedScripts?: 'render' | 'fail';
  /** Threads for rendering. Default: one for each processor. */
  readonly threads?: number;
};

/** What a command line depends on: the program, and whether that is Blender or a Python with its module. */
type BlenderProgram = Pick<BlenderVersion, 'executable' | 'kind'>;

/** The script that runs inside Blender. */
export const renderScript = join(import.meta.dirname, '../../blender/render_frames.py');

/** The script that takes argument lists of `blenderArgv` one after the other, in one Blender. */
export const residentScript = join(import.meta.dirname, '../../blender/resident.py');

/**
 * The command line that renders. The script opens the scene, so that it sees what Blender says of it. An executable acts on its
 * arguments in order: the exit code for Python errors holds only for scripts named after it. For a module the script does all
 * of that.
 * @throws {ConfigError} for a path that Blender would change
 */
export function blenderArgv({ executable, kind }: BlenderProgram, request: RenderRequest): string[] {
  [request.scenePath, request.outputFolder].forEach(checkPath);
  const job = scriptArguments(request);
  if (kind === 'module') return [executable, renderScript, '--', ...job, ...threadsOfModule(request.threads)];
  return [executable, ...factoryState(request), '--background', ...script(renderScript), '--', ...job];
}

/**
 * The command line of a Blender that stays: no argument of a job is missing, and none of a job is there. Scripts are off:
 * where they are allowed, a scene is opened with them when it has any.
 */
export function residentArgv({ executable, kind }: BlenderProgram, threads?: number): string[] {
  if (kind === 'module') return [executable, residentScript];
  return [
    executable,
    ...factoryState({ ...(threads !== undefined && { threads }) }),
    '--background',
    ...script(residentScript),
  ];
}

function factoryState({ threads, allowScripts = false }: Pick<RenderRequest, 'threads' | 'allowScripts'>): string[] {
  const scripts = allowScripts ? '-y' : '-Y';
  return ['--factory-startup', '-noaudio', scripts, ...(threads === undefined ? [] : ['-t', String(threads)])];
}

function script(file: string): string[] {
  return ['--python-exit-code', String(exitCodes['script-error']), '--python', file];
}

function threadsOfModule(threads: number | undefined): string[] {
  return threads === undefined ? [] : [`--threads=${threads}`];
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
    ...(request.allowScripts ? ['--allow-scripts'] : []),
    ...(request.blockedScripts === undefined ? [] : [`--blocked-scripts=${request.blockedScripts}`]),
  ];
}
