import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseReport, parseReportLine, readReport, readSceneEvent } from '../../../src/blender/render-report.ts';
import { sceneEvent } from './scene-event.ts';

const scene = JSON.stringify(sceneEvent());
const frame =
  '{"event": "frame", "frame": 7, "files": [{"path": "0007.png", "bytes": 3300}], "elapsedSeconds": 0.1, "blockedScripts": null}';
const done = '{"event": "done", "framesWritten": 1, "blockedScripts": null}';
const error = '{"event": "error", "code": "no-camera", "message": "Scene has no camera"}';

test('a run that went well', () => {
  const report = parseReport(`${scene}\n${frame}\n${done}\n`);
  assert.deepEqual(report.scene, sceneEvent());
  assert.deepEqual(report.frames[0]?.files, [{ path: '0007.png', bytes: 3300 }]);
  assert.equal(report.done?.framesWritten, 1);
  assert.equal(report.error, undefined);
});

test('a last line that is cut off anywhere counts as not said', () => {
  for (let length = 0; length < done.length; length += 1) {
    const report = parseReport(`${scene}\n${frame}\n${done.slice(0, length)}`);
    assert.deepEqual([report.frames.length, report.done], [1, undefined]);
  }
});

test('a refusal', () => {
  assert.deepEqual(parseReport(`${error}\n`).error, {
    event: 'error',
    code: 'no-camera',
    message: 'Scene has no camera',
  });
});

test('lines that are not of the report are left out', () => {
  const strange = ['', 'Saved: x', '[1]', 'null', '{"event": "party"}', '{"event": "frame", "frame": "7"}'];
  assert.deepEqual(
    strange.map((line) => parseReportLine(line)),
    strange.map(() => undefined),
  );
});

test('names of files that could not be told apart by frame are refused', () => {
  assert.equal(parseReportLine(JSON.stringify({ ...sceneEvent(), mainFiles: ['picture.png'] })), undefined);
  assert.equal(parseReportLine(JSON.stringify({ ...sceneEvent(), mainFiles: [] })), undefined);
});

test('a report that was never begun is empty', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'report-'));
  t.after(() => rm(folder, { recursive: true }));
  assert.deepEqual(readReport(join(folder, 'none')), { frames: [] });
  await writeFile(join(folder, 'some'), `${scene}\n`);
  assert.deepEqual(readReport(join(folder, 'some')), { frames: [], scene: sceneEvent() });
});

test('the scene alone, from the first line', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'report-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'report.jsonl');
  assert.equal(readSceneEvent(file), undefined);
  for (const [text, expected] of [
    ['', undefined],
    [scene.slice(0, -1), undefined],
    [`${error}\n`, undefined],
    [`${scene}\n${`${frame}\n`.repeat(2_000)}`, sceneEvent()],
  ] as const) {
    await writeFile(file, text);
    assert.deepEqual(readSceneEvent(file), expected);
  }
});

test('a link or a pipe in the place of the report is none, and holds nobody up', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'report-'));
  t.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'other'), '{"event": "done", "framesWritten": 1, "blockedScripts": null}\n');
  await symlink(join(folder, 'other'), join(folder, 'link'));
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  assert.equal(readReport(join(folder, 'other')).done?.framesWritten, 1);
  for (const name of ['link', 'pipe', 'none']) assert.deepEqual(readReport(join(folder, name)), { frames: [] });
});
