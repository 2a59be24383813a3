import assert from 'node:assert/strict';
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { followReport } from '../../../src/delivery/follow-report.ts';
import { sceneEvent } from '../blender/scene-event.ts';

const scene = `${JSON.stringify(sceneEvent())}\n`;
const frame = (number: number): string =>
  `${JSON.stringify({ event: 'frame', frame: number, files: [], elapsedSeconds: 1, blockedScripts: null })}\n`;

async function follow(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'report-'));
  t.after(() => rm(folder, { recursive: true }));
  const path = join(folder, 'report.jsonl');
  const [over, stop] = [new AbortController(), new AbortController()];
  const frames = followReport(path, { over: over.signal, stop: stop.signal });
  const next = async (): Promise<number | undefined> => (await frames.next()).value?.event.frame;
  return { say: (text: string) => appendFile(path, text), over, stop, next };
}

test('a frame comes as soon as its line is whole', async (t) => {
  const { say, over, next } = await follow(t);
  const first = next();
  await say(scene + frame(1).slice(0, 20));
  await say(frame(1).slice(20) + frame(2));
  assert.deepEqual([await first, await next()], [1, 2]);
  const third = next();
  await say(frame(3));
  assert.equal(await third, 3);
  over.abort();
  assert.equal(await next(), undefined);
});

test('a line that is cut off is none; what comes when the command is over is for whoever reads the whole', async (t) => {
  const { say, over, next } = await follow(t);
  await say(scene + frame(1) + frame(2).slice(0, -1));
  assert.equal(await next(), 1);
  const second = next();
  over.abort();
  await say('\n');
  assert.equal(await second, undefined);
});

test('more than one read takes, with letters of two bytes anywhere', async (t) => {
  const { say, over, next } = await follow(t);
  const noise = `${'ä'.repeat(40_001)}\n`;
  await say(noise + scene + noise + frame(1) + noise + frame(2));
  assert.deepEqual([await next(), await next()], [1, 2]);
  over.abort();
  assert.equal(await next(), undefined);
});

test('no report at all', async (t) => {
  const { over, next } = await follow(t);
  over.abort();
  assert.equal(await next(), undefined);
});

test('nobody wants the frames any more', async (t) => {
  const { say, stop, next } = await follow(t);
  await say(scene);
  const waiting = next();
  stop.abort();
  assert.equal(await waiting, undefined);
});
