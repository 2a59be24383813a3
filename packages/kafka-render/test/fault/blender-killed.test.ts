// Blender is killed in the middle of a frame. Expected: one error record that says so, nothing uploaded, no folder left, and
// the same worker does the next job, which it has prefetched: so in both modes.
import assert from 'node:assert/strict';
import process from 'node:process';
import { faultScenario, type FaultRun } from '../../../kafka-runner/test/fault/suite/fault-scenario.ts';
import { farmTopics, stoppable } from '../farm-oracle.ts';
import { blenderAtWork } from '../processes.ts';
import { RenderFarm } from '../render-farm.ts';

for (const mode of ['resident', 'cold'] as const) {
  const title = `Blender killed with -9 in mid-frame: ${mode}`;
  faultScenario({ scenario: 2, title, file: import.meta.filename, timeoutMs: 90_000 }, (run) =>
    killInMidFrame(run, mode),
  );
}

async function killInMidFrame(run: FaultRun, mode: string): Promise<void> {
  const farm = await RenderFarm.open(run.t);
  const [slow, counter] = [await farm.putScene('slow'), await farm.putScene('counter')];
  const worker = farm.startWorker({ args: ['-d', '--max-attempts', '1', '--blender-mode', mode] });
  await farm.send(farm.job({ scenePath: slow }));
  await worker.isRendering();
  await farm.send(farm.job({ scenePath: counter, jobId: 2 }));
  const blender = await blenderAtWork(farm.folder.cwd);
  run.fault();
  process.kill(blender, 'SIGKILL');

  const { results, errors } = await farm.ended(2);
  const records = errors.map(({ value }) => JSON.parse(value ?? '') as Record<string, unknown>);
  assert.deepEqual(
    records.map(({ offset, code }) => ({ offset, code })),
    [{ offset: 0, code: 'crashed' }],
  );
  assert.match(String(records[0]?.['message']), /SIGKILL/);
  assert.deepEqual(
    results.map(({ headers }) => headers['job-offset']),
    ['1'],
  );
  assert.deepEqual(await farm.storage.keys(farm.bucket, 'out/'), ['out/2/0007.png']);
  await run.conclude(farmTopics(farm), { workers: [stoppable(worker)], recoveryWithinMs: 10_000 });
}
