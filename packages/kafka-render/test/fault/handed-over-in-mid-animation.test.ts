// An animation changes its worker on the way: its partition is taken away, or its worker is told to stop (a spot instance's
// end). Expected: whoever goes on takes over what is delivered, and renders at most one frame twice; all frames are there.
import assert from 'node:assert/strict';
import { faultScenario } from '../../../kafka-runner/test/fault/suite/fault-scenario.ts';
import { recoveryLimitMs } from '../../../kafka-runner/test/fault/suite/recovery.ts';
import { farmTopics, stoppable } from '../farm-oracle.ts';
import { framesRendered, numbered, RenderFarm } from '../render-farm.ts';
import type { RenderWorker } from '../render-worker.ts';

const frames = 100;
const recovery = { recoveryWithinMs: recoveryLimitMs(10_000) + 30_000 };

/** How many frames were rendered both for the job by its first worker and by its next one. */
function renderedTwice(first: readonly number[], next: RenderWorker): number {
  return new Set(first).intersection(new Set(framesRendered(next))).size;
}

faultScenario(
  { scenario: 4, title: 'render worker told to stop in mid-animation', file: import.meta.filename, timeoutMs: 180_000 },
  async (run) => {
    const farm = await RenderFarm.open(run.t);
    const scenePath = await farm.putScene('slow-counter');
    const first = farm.startWorker({ args: ['-d', '--shutdown-timeout', '0'] });
    await farm.send(farm.job({ scenePath, startFrame: 1, numFrames: frames }));
    await first.said(({ message }) => message.includes(`${String(20 + run.below(40)).padStart(4, '0')}.png'`), 60_000);
    run.fault();
    assert.deepEqual(await first.stop(), { code: 0, signal: null });
    const delivered = (await farm.storage.keys(farm.bucket, 'out/1/')).length;
    assert.ok(delivered > 0 && delivered < frames, `${delivered} frames are delivered`);

    const next = farm.startWorker({ args: ['-d'] });
    const { results, errors } = await farm.ended(1, 120);
    assert.deepEqual(errors, []);
    assert.equal(results[0]?.headers['frames-delivered-before'], String(delivered));
    const twice = renderedTwice(framesRendered(first), next);
    assert.ok(twice <= 1, `rendered twice: ${twice} of ${frames}`);
    assert.deepEqual(await farm.framesAt('out/1'), numbered(1, frames));
    await run.conclude(farmTopics(farm), { workers: [stoppable(next)], ...recovery });
  },
);

faultScenario(
  { scenario: 4, title: 'partition taken away in mid-animation', file: import.meta.filename, timeoutMs: 180_000 },
  async (run) => {
    const farm = await RenderFarm.open(run.t, { inTopic: { partitions: 2 } });
    const scenePath = await farm.putScene('slow-counter');
    // Both are rendered at a time, so that one of them has to go when another worker comes.
    const first = farm.startWorker({ args: ['-d', '--concurrency', '2'] });
    await first.isListening();
    for (const partition of [0, 1]) {
      // Frames of their own, which tell in the log whose they are.
      const job = farm.job({ jobId: partition + 1, scenePath, startFrame: 1 + 1_000 * partition, numFrames: frames });
      await farm.kafka.send(farm.topics.jobs, [JSON.stringify(job)], { partition });
    }
    for (const frame of ['0010', '1010']) await first.said(({ message }) => message.includes(`${frame}.png'`), 60_000);
    run.fault();
    const next = farm.startWorker({ args: ['-d'] });
    const { results, errors } = await farm.ended(2, 120);
    assert.deepEqual(errors, []);
    const workers = results.map(({ headers }) => headers['worker']);
    assert.equal(new Set(workers).size, 2, 'each has ended one of them');
    const taken = results.find(({ headers }) => headers['worker']?.endsWith(`-${next.pid}`));
    assert.ok(Number(taken?.headers['frames-delivered-before']) > 0, 'what was delivered is taken over');
    const twice = renderedTwice(framesRendered(first), next);
    assert.ok(twice <= 1, `rendered twice: ${twice} of ${frames}`);
    assert.deepEqual(await farm.framesAt('out/1'), numbered(1, frames));
    assert.deepEqual(await farm.framesAt('out/2'), numbered(1_001, 1_000 + frames));
    await run.conclude(farmTopics(farm), { workers: [first, next].map(stoppable), ...recovery });
  },
);
