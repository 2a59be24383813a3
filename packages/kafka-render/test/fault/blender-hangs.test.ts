// A resident Blender that no longer answers, and one that takes too long, with jobs behind them that are prepared already.
// Expected: each is ended and replaced, its own job alone fails, with the code of the limit that ran out; a job that waits for
// its turn does not use up its time.
import assert from 'node:assert/strict';
import process from 'node:process';
import { faultScenario } from '../../../kafka-runner/test/fault/suite/fault-scenario.ts';
import { farmTopics, stoppable } from '../farm-oracle.ts';
import type { KafkaRecord } from '../kafka-python.ts';
import { blenderAtWork } from '../processes.ts';
import { RenderFarm } from '../render-farm.ts';

const file = import.meta.filename;

function codes(errors: readonly KafkaRecord[]): unknown[] {
  return errors.map(({ value }) => (JSON.parse(value ?? '') as { code: unknown }).code);
}

const silent = 'a resident Blender that hangs is ended by the no-progress time-out';
faultScenario({ scenario: 2, title: silent, file, timeoutMs: 90_000 }, async (run) => {
  const farm = await RenderFarm.open(run.t);
  const [slow, counter] = [await farm.putScene('slow'), await farm.putScene('counter')];
  // Between two samples of this scene Blender itself is silent for seconds.
  const worker = farm.startWorker({ args: ['-d', '--max-attempts', '1', '--no-progress-timeout', '10'] });
  await farm.send(farm.job({ scenePath: slow }));
  await worker.isRendering();
  await farm.send(farm.job({ scenePath: counter, jobId: 2 }));
  const blender = await blenderAtWork(farm.folder.cwd);
  run.fault();
  process.kill(blender, 'SIGSTOP');
  const { results, errors } = await farm.ended(2);
  assert.deepEqual(codes(errors), ['no-progress']);
  assert.deepEqual(
    results.map(({ headers }) => headers['job-offset']),
    ['1'],
  );
  assert.throws(() => process.kill(blender, 0), /ESRCH/);
  await run.conclude(farmTopics(farm), { workers: [stoppable(worker)], recoveryWithinMs: 30_000 });
});

/** Enough for Blender's start, which counts, on a busy machine. */
const timeoutSeconds = 12;

const long = 'a resident Blender that takes too long is ended by the job time-out';
faultScenario({ scenario: 2, title: long, file, timeoutMs: 90_000 }, async (run) => {
  const farm = await RenderFarm.open(run.t);
  const [slow, counter] = [await farm.putScene('slow'), await farm.putScene('counter')];
  const worker = farm.startWorker({ args: ['--max-attempts', '1', '--job-timeout', String(timeoutSeconds)] });
  const [first, second] = [farm.job({ scenePath: slow }), farm.job({ scenePath: slow, jobId: 2 })];
  await farm.send(first, second, farm.job({ scenePath: counter, jobId: 3 }));
  run.fault();
  const { results, errors } = await farm.ended(3);
  assert.deepEqual(codes(errors), ['timed-out', 'timed-out']);
  const [firstMs = 0, secondMs = 0] = errors.map(({ value }) =>
    Date.parse((JSON.parse(value ?? '') as { time: string }).time),
  );
  assert.ok(
    Math.abs(secondMs - firstMs) > timeoutSeconds * 800,
    'the second one had its whole time when its turn came',
  );
  assert.deepEqual(
    results.map(({ headers }) => headers['job-offset']),
    ['2'],
  );
  await run.conclude(farmTopics(farm), { workers: [stoppable(worker)], recoveryWithinMs: 40_000 });
});
