// Expected: a job that is cancelled ends with one error record, `cancelled`, wherever it is: in Kafka, in the intake, waiting for
// another attempt, running, on whichever worker; its process tree is gone 2 s after the order. A job that is over or that nobody
// knows gets no record. What is no order is ignored. A worker knows the orders that were given before it began.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { clientSettingsSchema } from '../../src/broker/client-settings.ts';
import { ControlTopic } from '../../src/control/control-topic.ts';
import { processesWith } from '../kafka/processes-with.ts';
import { RunnerUnderTest } from '../kafka/runner-under-test.ts';
import { aControl } from '../unit/a-control.ts';
import { recordingLogger } from '../unit/recording-logger.ts';

test('wherever it is', { timeout: 60_000 }, async (t) => {
  const runner = await RunnerUnderTest.create(t, { partitions: 2, steered: true });
  const marker = randomUUID();
  const ran = (jobId: number, rest = ''): string => `touch ${runner.folder}/ran-${jobId}; ${rest}`;
  const send = async (jobId: number, partition: number, script: string): Promise<void> => {
    await runner.sendValue(JSON.stringify({ jobId, command: ['sh', '-c', script] }), { partition });
  };
  const hasRun = async (jobId: number): Promise<boolean> => (await readdir(runner.folder)).includes(`ran-${jobId}`);

  // In Kafka, before there is any worker.
  await send(10, 0, ran(10));
  await runner.order({ partition: 0, offset: 0 });
  for (const text of ['no JSON', '{"order":"cancel"}', '', '[]', null]) await runner.sendToControl(text);
  await runner.order({ partition: 0, offset: 999 });
  const options = { retryDelayMs: 60_000, commandGraceMs: 60_000 };
  const workers = [runner.start(options), runner.start(options)];
  await Promise.all(workers.map((worker) => worker.logged(/^partitions assigned$/)));
  await Promise.all(workers.map((worker) => worker.logged(/^an order is ignored: /, 4)));

  // Running: it ignores SIGTERM, and has a daemon.
  await send(20, 1, ran(20, `trap "" TERM; setsid sh -c "sleep 61; : ${marker}" & sleep 60; : ${marker}`));
  while (processesWith(marker).length < 2) await sleep(20);
  const orderedMs = performance.now();
  await runner.order({ partition: 1, offset: 0 });
  while (processesWith(marker).length > 0) await sleep(10);
  const tookMs = performance.now() - orderedMs;
  t.diagnostic(`process tree gone after ${Math.round(tookMs)} ms`);
  assert.ok(tookMs < 2_000, `${tookMs} ms`);

  // In the intake, behind one that runs; that one by its id.
  await send(11, 0, ran(11, 'sleep 60'));
  await send(12, 0, ran(12));
  while (!(await hasRun(11))) await sleep(20);
  await runner.order({ partition: 0, offset: 2 });
  await runner.look(3);
  await runner.order({ order: 'cancel', jobId: 11, reason: 'by its id' });
  // Waiting for another attempt.
  await send(21, 1, ran(21, 'exit 3'));
  await Promise.race(workers.map((worker) => worker.logged(/^attempt 1 failed/)));
  await runner.order({ partition: 1, offset: 1 });
  await runner.look(5);
  // Over.
  await send(22, 1, ran(22));
  await runner.look(6);
  await runner.order({ partition: 1, offset: 2 });
  await send(13, 0, ran(13));

  const { terminals } = await runner.assertAllDone();
  const ends = terminals.map(({ value }) => [value['jobId'], value['code'] ?? 'completed']);
  assert.deepEqual(Object.fromEntries(ends), {
    ...{ 10: 'cancelled', 11: 'cancelled', 12: 'cancelled', 13: 'completed' },
    ...{ 20: 'cancelled', 21: 'cancelled', 22: 'completed' },
  });
  assert.deepEqual([await hasRun(10), await hasRun(12)], [false, false]);
  const byId = terminals.find(({ value }) => value['jobId'] === 11n || value['jobId'] === 11);
  assert.match(String(byId?.value['message']), /^cancelled by an order of \S+: by its id$/);
  for (const { exitCode } of await Promise.all(workers.map((worker) => worker.stop()))) assert.equal(exitCode, 0);
});

test('orders that cannot be read do not hold a worker up for ever', { timeout: 20_000 }, async () => {
  const { logger, lines } = recordingLogger();
  const client = clientSettingsSchema.parse({ bootstrapServers: ['127.0.0.1:1'], connectTimeoutMs: 1_000 });
  const about = { client, clientId: 'c', topic: 'control', sessionTimeoutMs: 10_000, logger };
  await using orders = new ControlTopic({ ...about, control: aControl() });
  await orders.untilKnown(200);
  assert.match(String(lines.at(-1)?.['message']), /^the orders of control could not be read within 0.2 s/);
});
