// The worker is killed with -9 in the middle of a render. Expected: Blender is gone within 2 s, another worker in the same
// working directory removes what is left, does the job from its start, and only its frames are there.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { faultScenario } from '../../../kafka-runner/test/fault/suite/fault-scenario.ts';
import { recoveryLimitMs } from '../../../kafka-runner/test/fault/suite/recovery.ts';
import { farmTopics, stoppable } from '../farm-oracle.ts';
import { blendersOf } from '../processes.ts';
import { RenderFarm } from '../render-farm.ts';

const frames = 150;

const title = 'render worker killed with -9 in mid-render';
faultScenario({ scenario: 1, title, file: import.meta.filename, timeoutMs: 120_000 }, async (run) => {
  const farm = await RenderFarm.open(run.t);
  const scenePath = await farm.putScene('counter');
  const killed = farm.startWorker({ args: ['-d'] });
  await farm.send(farm.job({ scenePath, startFrame: 1, numFrames: frames }));
  await killed.said(({ message }) => message.startsWith('Saved:'));
  run.fault();
  killed.kill('SIGKILL');
  await killed.ended;
  const killedMs = performance.now();
  while ((await blendersOf(farm.folder.cwd)).length > 0) await sleep(20);
  assert.ok(performance.now() - killedMs < 2_000, `Blender is gone after ${performance.now() - killedMs} ms`);
  assert.deepEqual(await farm.ended(0), { results: [], errors: [] });
  assert.equal((await farm.jobFolders()).length, 1, 'what is to be removed');

  const next = farm.startWorker();
  await next.said(({ message }) => message === 'listening');
  const { results, errors } = await farm.ended(1);
  assert.deepEqual(errors, []);
  assert.match(results[0]?.headers['worker'] ?? '', new RegExp(`-${next.pid}$`));
  const expected = Array.from({ length: frames }, (_, index) => [
    `${String(index + 1).padStart(4, '0')}.png`,
    index + 1,
  ]);
  assert.deepEqual(await farm.framesAt('out/1'), Object.fromEntries(expected));
  await run.conclude(farmTopics(farm), {
    workers: [stoppable(next)],
    recoveryWithinMs: recoveryLimitMs(10_000) + 15_000,
  });
});
