// The worker is killed with -9 in the middle of 150 frames. Expected: Blender is gone within 2 s; another worker in the same
// working directory removes what is left and renders what was not delivered, at most one frame twice; all frames are there.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { blendersOf } from '../processes.ts';
import { framesRendered, numbered, RenderFarm } from '../render-farm.ts';

const frames = 150;

test('kill -9 of the worker', { timeout: 180_000 }, async (t) => {
  const farm = await RenderFarm.open(t);
  const scenePath = await farm.putScene('slow-counter');
  const killed = farm.startWorker({ args: ['-d'] });
  await farm.send(farm.job({ scenePath, startFrame: 1, numFrames: frames }));
  const frameAtKill = 20 + Math.floor(Math.random() * 60);
  t.diagnostic(`killed at frame ${frameAtKill}`);
  await killed.said(({ message }) => message.includes(`${String(frameAtKill).padStart(4, '0')}.png'`), 60_000);
  killed.kill('SIGKILL');
  await killed.ended;
  const killedMs = performance.now();
  while ((await blendersOf(farm.folder.cwd)).length > 0) await sleep(20);
  assert.ok(performance.now() - killedMs < 2_000, `Blender is gone after ${performance.now() - killedMs} ms`);
  assert.deepEqual(await farm.ended(0), { results: [], errors: [] });
  assert.equal((await farm.jobFolders()).length, 1, 'what is to be removed');
  const delivered = (await farm.storage.keys(farm.bucket, 'out/1/')).length;
  assert.ok(delivered > 0 && delivered < frames, `${delivered} frames are delivered`);

  const next = farm.startWorker({ args: ['-d'] });
  await next.said(({ message }) => message === 'listening');
  const { results, errors } = await farm.ended(1, 120);
  assert.deepEqual(errors, []);
  assert.match(results[0]?.headers['worker'] ?? '', new RegExp(`-${next.pid}$`));
  assert.equal(results[0]?.headers['frames-delivered-before'], String(delivered));
  assert.equal(results[0]?.headers['blender-version'], results[0]?.headers['blender-version']?.split(',')[0]);
  const again = new Set(framesRendered(killed)).intersection(new Set(framesRendered(next)));
  t.diagnostic(`rendered twice: ${again.size} of ${frames}`);
  assert.ok(again.size <= 1, `rendered twice: ${[...again].join(', ')}`);
  assert.equal(framesRendered(next).length, frames - delivered, 'exactly what was not delivered');
  assert.deepEqual(await farm.framesAt('out/1'), numbered(1, frames));
  await farm.untilCommitted(1);
  await next.stop();
  assert.deepEqual(await farm.jobFolders(), []);
});
