// The worker is killed with -9 in the middle of 150 frames. Expected: Blender is gone within 2 s; another worker in the same
// working directory removes what is left and renders what was not delivered, at most one frame twice; all frames are there.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { faultScenario } from '../../../kafka-runner/test/fault/suite/fault-scenario.ts';
import { recoveryLimitMs } from '../../../kafka-runner/test/fault/suite/recovery.ts';
import { farmTopics, stoppable } from '../farm-oracle.ts';
import { blendersOf } from '../processes.ts';
import { framesRendered, numbered, RenderFarm } from '../render-farm.ts';

const frames = 150;

const title = 'render worker killed with -9 in mid-render';
faultScenario({ scenario: 1, title, file: import.meta.filename, timeoutMs: 180_000 }, async (run) => {
  const farm = await RenderFarm.open(run.t);
  const scenePath = await farm.putScene('slow-counter');
  const killed = farm.startWorker({ args: ['-d'] });
  await farm.send(farm.job({ scenePath, startFrame: 1, numFrames: frames }));
  const frameAtKill = 20 + run.below(60);
  await killed.said(({ message }) => message.includes(`${String(frameAtKill).padStart(4, '0')}.png'`), 60_000);
  run.fault();
  killed.kill('SIGKILL');
  await killed.ended;
  const killedMs = performance.now();
  while ((await blendersOf(farm.folder.cwd)).length > 0) await sleep(20);
  assert.ok(performance.now() - killedMs < 2_000, `Blender is gone after ${performance.now() - killedMs} ms`);
  assert.deepEqual(await farm.ended(0), { results: [], errors: [] });
  const left = (await farm.jobFolders()).filter((name) => !name.includes('/resident-'));
  assert.equal(left.length, 1, 'what is to be removed, beside the folders of the Blenders themselves');
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
  run.t.diagnostic(`rendered twice: ${again.size} of ${frames}`);
  assert.ok(again.size <= 1, `rendered twice: ${[...again].join(', ')}`);
  assert.equal(framesRendered(next).length, frames - delivered, 'exactly what was not delivered');
  assert.deepEqual(await farm.framesAt('out/1'), numbered(1, frames));
  await run.conclude(farmTopics(farm), {
    workers: [stoppable(next)],
    recoveryWithinMs: recoveryLimitMs(10_000) + 30_000,
  });
});
