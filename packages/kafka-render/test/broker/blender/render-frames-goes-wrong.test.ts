// What goes wrong before or around the rendering ends with an exit code and a verdict too.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { FailedError } from 'kafka-runner';
import { makeScene } from '../../../../../lab/scenes/make-scenes.ts';
import { readReport } from '../../../src/blender/render-report.ts';
import { renderedScene } from '../../../src/blender/render-verdict.ts';
import { renderScene, runBlender, temporaryFolder } from './run-blender.ts';

const fails = (code: string, message: RegExp) => (error: Error) =>
  error instanceof FailedError && error.code === code && message.test(error.message);

test('a report that cannot be written: a Python error, by its exit code', async (t) => {
  const reportPath = join(await temporaryFolder(t), 'gone/report.jsonl');
  const { end, report, log } = await runBlender(t, await makeScene('tiny'), { reportPath });
  assert.deepEqual([end.exitCode, report], [10, { frames: [] }]);
  assert.match(log, /FileNotFoundError/);
  assert.throws(() => renderedScene(end, report), fails('script-error', /exit code 10/));
});

test('a scene that Blender cannot open', async (t) => {
  const { end, report } = await runBlender(t, await makeScene('not-a-blend'));
  assert.equal(end.exitCode, 11);
  assert.throws(() => renderedScene(end, report), fails('scene-not-loaded', /did not open the scene/));
});

test('a scene that is not there', async (t) => {
  const { end, report } = await runBlender(t, '/nowhere/scene.blend');
  assert.equal(end.exitCode, 11);
  assert.throws(() => renderedScene(end, report), fails('scene-not-loaded', /did not open the scene/));
});

test('a folder that cannot be written to', async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, 'file'), '');
  const { end, report } = await runBlender(t, await makeScene('tiny'), { outputFolder: join(folder, 'file/out') });
  assert.throws(() => renderedScene(end, report), fails('render-error', /cannot/));
});

test('frames beyond the last one that Blender knows', async (t) => {
  const { report, end } = await runBlender(t, await makeScene('tiny'), { startFrame: 1_048_574, numFrames: 2 });
  assert.deepEqual([end.exitCode, report.error?.code], [20, 'frame-out-of-range']);
});

test('an argument that does not exist', async (t) => {
  const run = await runBlender(t, await makeScene('tiny'), { missingAssets: 'guess' as 'fail' });
  assert.equal(run.end.exitCode, 2);
  assert.throws(() => renderedScene(run.end, run.report), fails('crashed', /exit code 2/));
});

test('a report in a file, read when Blender has ended', async (t) => {
  const reportPath = join(await temporaryFolder(t), 'report.jsonl');
  await runBlender(t, await makeScene('tiny'), { reportPath, numFrames: 2 });
  const report = readReport(reportPath);
  assert.deepEqual(
    report.frames.map(({ frame }) => frame),
    [1, 2],
  );
  assert.ok((await readFile(reportPath, 'utf8')).endsWith('}\n'));
});

test('the log ends in a line for each frame, and the report has its time and size', async (t) => {
  const { run, frames } = await renderScene(t, await makeScene('tiny'));
  assert.match(run.log, /Saved: '.*0001\.png'/);
  assert.deepEqual(
    run.report.frames[0]?.files,
    frames.map(({ path, bytes }) => ({ path, bytes })),
  );
  assert.ok((run.report.frames[0]?.elapsedSeconds ?? 0) > 0);
});
