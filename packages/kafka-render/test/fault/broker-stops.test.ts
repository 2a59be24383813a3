// Kafka is away for 15 s while a job renders. Expected: the worker lives on, the job that ran and the one behind it get their
// results when Kafka is back, and their offsets are committed, each once.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { startLab } from '../../../../lab/lab.ts';
import { faultScenario } from '../../../kafka-runner/test/fault/suite/fault-scenario.ts';
import { farmTopics, stoppable } from '../farm-oracle.ts';
import { RenderFarm } from '../render-farm.ts';

const title = 'broker away for 15 s during a rendering';
faultScenario({ scenario: 6, title, file: import.meta.filename, timeoutMs: 180_000 }, async (run) => {
  const { t } = run;
  const lab = await startLab();
  t.after(() => lab[Symbol.asyncDispose]());
  const farm = await RenderFarm.open(t, { lab });
  const scenePath = await farm.putScene('counter');
  const worker = farm.startWorker({ args: ['-d'] });
  await farm.send(farm.job({ scenePath, numFrames: 60 }), farm.job({ scenePath, jobId: 2 }));
  await worker.said(({ message }) => message.startsWith('Saved:'));
  await lab.kafka.stop();
  await sleep(15_000);
  await lab.kafka.start();
  run.fault();
  await farm.untilCommitted(2, 90_000);

  const { results, errors } = await farm.ended(2);
  assert.deepEqual(errors, []);
  assert.deepEqual(new Set(results.map(({ headers }) => headers['job-offset'])), new Set(['0', '1']));
  assert.equal(Object.keys(await farm.framesAt('out/1')).length, 60);
  assert.deepEqual(await farm.framesAt('out/2'), { '0007.png': 7 });
  const unreachable = worker.log.filter(({ code }) => code === 'broker-unreachable');
  assert.ok(unreachable.length > 0 && unreachable.length < 20, `${unreachable.length} lines say so`);

  await farm.send(farm.job({ scenePath, jobId: 3 }));
  await run.conclude(farmTopics(farm), { workers: [stoppable(worker)], recoveryWithinMs: 40_000 });
});
