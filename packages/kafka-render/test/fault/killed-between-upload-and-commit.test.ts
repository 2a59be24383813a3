// Expected: a worker that dies just before or after an upload, the publication of the result or its commit has either ended the
// job or not: the next worker ends it in the latter case, with exactly the job's frames, and nobody sees it ended twice.
import assert from 'node:assert/strict';
import path from 'node:path';
import { faultScenario } from '../../../kafka-runner/test/fault/suite/fault-scenario.ts';
import { recoveryLimitMs } from '../../../kafka-runner/test/fault/suite/recovery.ts';
import { atScale } from '../../../kafka-runner/test/fault/suite/scale.ts';
import { farmTopics, stoppable } from '../farm-oracle.ts';
import { RenderFarm } from '../render-farm.ts';

const title = 'render worker killed with -9 between upload, publish and commit';
const failPoints = path.join(import.meta.dirname, '../../../kafka-runner/test/fixtures/fail-points.ts');
const points = atScale({
  small: ['answered upload 2', 'before commitTransaction 1'],
  full: [
    ...['before upload 1', 'after upload 2', 'answered upload 2', 'answered upload 3'],
    ...['before produce 1', 'after produce 1', 'before commitTransaction 1', 'after commitTransaction 1'],
  ],
});

faultScenario(
  { scenario: 1, title, file: import.meta.filename, timeoutMs: 60_000 + points.length * 60_000 },
  async (run) => {
    const farm = await RenderFarm.open(run.t);
    const scenePath = await farm.putScene('counter');
    for (const [index, point] of points.entries()) {
      const job = { scenePath, startFrame: 1, numFrames: 3 };
      await farm.send(farm.job({ ...job, jobId: index * 2 }), farm.job({ ...job, jobId: index * 2 + 1 }));
      const before = ['env', `NODE_OPTIONS=--import=${failPoints}`, `FAIL_POINT=${point}`];
      assert.equal((await farm.startWorker({ before }).endsWithin(60_000)).signal, 'SIGKILL');
      run.fault();
      const next = farm.startWorker();
      await next.said(({ offset, message }) => message === 'completed' && offset === index * 2 + 1, 60_000);
      await next.stop();
    }
    const last = farm.startWorker();
    await last.isListening();
    // Start-up of the program and of Blender besides.
    const recoveryWithinMs = recoveryLimitMs(10_000) + 10_000;
    await run.conclude(farmTopics(farm), { workers: [stoppable(last)], recoveryWithinMs });
    const frames = { '0001.png': 1, '0002.png': 2, '0003.png': 3 };
    for (let id = 0; id < points.length * 2; id += 1) assert.deepEqual(await farm.framesAt(`out/${id}`), frames);
  },
);
