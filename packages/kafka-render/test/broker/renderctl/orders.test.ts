// Expected: cancel, pause, resume and drain send what the schema of control orders says; cancel waits for the end of the job
// and tells cancelled from ended otherwise, ended before, and nothing heard.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkSettings, clientSettingsSchema, createLogger, SchemaSet, TopicReader } from 'kafka-runner';
import { sharedLab } from '../../../../../lab/shared-lab.ts';
import { CtlUnderTest, endOf, runCtl, start, type CtlEnd, type SentJob } from './ctl-under-test.ts';

const schemaFile = path.join(import.meta.dirname, '../../../schemas/control_order.schema.json');

test('orders', { timeout: 240_000 }, async (t) => {
  const ctl = await CtlUnderTest.open(t);
  const { kafka } = await sharedLab();
  const { jobs, results, errors } = ctl.topics;
  const [control, progress] = [`${jobs}.control`, `${jobs}.progress`];
  await Promise.all([kafka.createTopic(control), kafka.createTopic(progress)]);
  const topics = ['--bootstrap', ctl.servers.join(','), '--control-topic', control];
  const ends = ['--in-topic', jobs, '--out-topic', results, '-e', errors];
  const cancelArgs = (...args: string[]): string[] => ['cancel', ...args, ...topics, ...ends];
  const sent = await ctl.sendJobs([1, 2, 3, 3, 4].map((jobId) => ({ value: Buffer.from(JSON.stringify({ jobId })) })));
  const name = (index: number): string => `${jobs}-0-${sent[index]?.offset}`;
  await using reader = await TopicReader.connect({
    client: checkSettings(clientSettingsSchema, { bootstrapServers: [...ctl.servers] }),
    clientId: 'orders-test',
    logger: createLogger({ runner: 'orders-test', level: 'error' }),
  });
  const ordersSent = async (): Promise<number> => (await reader.ranges(control))[0]?.end ?? 0;
  const orders = async () =>
    (await ctl.records(control)).map(({ key, value }) => ({
      key: String(key),
      order: JSON.parse(String(value)) as object,
    }));

  /** A worker answers when the order has come. */
  async function answered(args: string[], answer: () => Promise<void>): Promise<CtlEnd> {
    const before = await ordersSent();
    const end = endOf(start(cancelArgs(...args)));
    while ((await ordersSent()) === before) await sleep(50);
    await answer();
    return await end;
  }

  await t.test('a job that is cancelled', async () => {
    const end = await answered([name(0), '--reason', 'wrong camera'], () =>
      ctl.fail([sent[0] as SentJob], { code: 'cancelled' }),
    );
    assert.deepEqual([end.code, end.stdout], [0, `${name(0)} cancelled\n`], end.stderr);
    const [{ key, order } = { key: '', order: {} }] = await orders();
    assert.equal(key, name(0));
    const place = { topic: jobs, partition: 0, offset: 0 };
    assert.partialDeepStrictEqual(order, { order: 'cancel', ...place, reason: 'wrong camera' });
  });

  await t.test('one that completes before the order comes to it, and one that had ended', async () => {
    const end = await answered([name(1)], () => ctl.producer.send([ctl.result(sent[1] as SentJob)]));
    assert.deepEqual([end.code, end.stdout], [1, `${name(1)} completed before the order came to it\n`]);
    const again = await runCtl(cancelArgs(name(1), name(0), '--json'));
    assert.equal(again.code, 1);
    assert.deepEqual(
      again.stdout
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { state: string; isOver: boolean }).state),
      ['completed', 'cancelled'],
    );
    assert.equal(await ordersSent(), 2, 'nothing is ordered for what has ended');
  });

  await t.test('all jobs of an id, by one order', async () => {
    const both = sent.slice(2, 4);
    const end = await answered(['3'], () => ctl.fail(both, { code: 'cancelled' }));
    assert.deepEqual([end.code, end.stdout], [0, `${name(2)} cancelled\n${name(3)} cancelled\n`], end.stderr);
    const { key, order } = (await orders()).at(-1) ?? {};
    assert.equal(key, 'job/3');
    assert.partialDeepStrictEqual(order, { order: 'cancel', jobId: 3 });
  });

  await t.test('nobody answers; there is no such job, or no such topic', async () => {
    const [silent, unknown, mistyped] = await Promise.all([
      runCtl(cancelArgs(name(4), '--timeout', '1')),
      runCtl(cancelArgs(`${jobs}-0-99`)),
      runCtl([...cancelArgs(name(4)), '--control-topic', 'none']),
    ]);
    assert.deepEqual([silent.code, /no worker has said within 1 s/.test(silent.stdout)], [1, true], silent.stderr);
    assert.deepEqual([unknown.code, /there is no job/.test(unknown.stderr)], [2, true], unknown.stderr);
    assert.deepEqual([mistyped.code, /topic none does not exist/.test(mistyped.stderr)], [2, true]);
  });

  await t.test('workers are told by their names, and say when it is so', async () => {
    const said = (worker: string, state: string) => ({
      topic: progress,
      key: Buffer.from(`worker/${worker}`),
      value: Buffer.from(JSON.stringify({ kind: 'worker', worker, state })),
    });
    const drained = await runCtl(['drain', 'farm-1-4711', ...topics]);
    assert.deepEqual([drained.code, drained.stdout], [0, 'farm-1-4711: the order is sent\n'], drained.stderr);
    await ctl.producer.send([said('farm-2-4711', 'running')]);
    const unknown = await runCtl(['pause', 'farm-1-4711', ...topics, '--progress-topic', progress]);
    assert.equal(unknown.code, 2);
    assert.match(unknown.stderr, /no worker is called farm-1-4711; there are: farm-2-4711/);
    const before = await ordersSent();
    const end = endOf(start(['pause', 'farm-2-4711', ...topics, '--progress-topic', progress]));
    while ((await ordersSent()) === before) await sleep(50);
    await ctl.producer.send([said('farm-2-4711', 'paused')]);
    assert.deepEqual(await end, { code: 0, stdout: 'farm-2-4711: paused\n', stderr: '' });
    const { key, order } = (await orders()).at(-1) ?? {};
    assert.equal(key, 'worker/farm-2-4711');
    assert.partialDeepStrictEqual(order, { order: 'pause', worker: 'farm-2-4711' });
  });

  await t.test('each of them is valid', async () => {
    const { $id } = JSON.parse(await readFile(schemaFile, 'utf8')) as { $id: string };
    const schemas = new SchemaSet();
    await schemas.add(schemaFile);
    const all = await orders();
    assert.equal(all.length, 6);
    for (const { order } of all) assert.deepEqual(schemas.find($id).faults(order), []);
  });
});
