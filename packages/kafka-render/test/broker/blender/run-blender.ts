import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { checkBlendFile } from '../../../src/blender/blend-header.ts';
import { blenderArgv, type RenderRequest } from '../../../src/blender/blender-argv.ts';
import { parseReport, type RenderReport, type SceneEvent } from '../../../src/blender/render-report.ts';
import { renderedScene, type ProcessEnd } from '../../../src/blender/render-verdict.ts';
import { verifyFrames, type VerifiedFrame } from '../../../src/frames/verify-frames.ts';
import { expected, testedBlender } from './tested-blender.ts';

/** What is different from rendering frame 1 on the CPU. `before` is put in front of the command line. */
export type Changes = Partial<RenderRequest> & {
  readonly before?: readonly string[];
  readonly startFrame?: number;
  readonly numFrames?: number;
};

export type BlenderRun = {
  readonly request: RenderRequest;
  readonly end: ProcessEnd;
  readonly report: RenderReport;
  readonly log: string;
};

/** A folder that is gone after the test. */
export async function temporaryFolder(t: TestContext, prefix = 'blender-test-'): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), prefix));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs the real command line on a scene, to its end, with the report on a pipe. */
export async function runBlender(t: TestContext, scenePath: string, changes: Changes = {}): Promise<BlenderRun> {
  const outputFolder = changes.outputFolder ?? (await temporaryFolder(t));
  const { before = [], startFrame = 1, numFrames = 1, ...asked } = changes;
  const frames = [{ first: startFrame, last: startFrame + numFrames - 1 }];
  const reportPath = '/dev/fd/4';
  const request: RenderRequest = { scenePath, frames, reportPath, ...asked, outputFolder };
  const [program = '', ...args] = [...before, ...blenderArgv(testedBlender, request)];
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe', 'ignore', 'pipe'],
    timeout: expected.runTimeoutMs,
  });
  const streams = [child.stdout, child.stderr, child.stdio[4]].map((stream) => text(stream as NodeJS.ReadableStream));
  const [[exitCode, signal], stdout = '', stderr = '', report = ''] = await Promise.all([
    once(child, 'close') as Promise<[number | null, string | null]>,
    ...streams,
  ]);
  return { request, end: { exitCode, signal }, report: parseReport(report), log: stdout + stderr };
}

/** All that a worker does with a scene: looks at the file, renders, judges. Throws what the job would end with. */
export async function renderScene(
  t: TestContext,
  scenePath: string,
  changes: Changes = {},
): Promise<{ run: BlenderRun; scene: SceneEvent; frames: VerifiedFrame[] }> {
  await checkBlendFile(scenePath, testedBlender);
  const run = await runBlender(t, scenePath, changes);
  const scene = renderedScene(run.end, run.report);
  const frames = await verifyFrames(run.request.outputFolder, run.request.frames, scene, run.report.frames);
  return { run, scene, frames };
}
