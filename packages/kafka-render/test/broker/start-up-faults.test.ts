import assert from 'node:assert/strict';
import { readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import { RenderFarm } from '../render-farm.ts';

// What keeps a worker from working is said before it takes a job: one message that says what to do, a non-zero exit code,
// and the job is still there for others.

interface Fault {
  readonly about: string;
  /** Changes what the worker finds. */
  readonly prepare?: (farm: RenderFarm) => Promise<void>;
  readonly args?: (farm: RenderFarm) => readonly string[];
  readonly code: number;
  readonly says: readonly RegExp[];
}

const faults: readonly Fault[] = [
  {
    about: 'an option that does not exist',
    args: () => ['--colour', 'blue'],
    code: 2,
    says: [/unknown option '--colour'/, /kafka-render --help/],
  },
  {
    about: 'an option without its value',
    args: () => ['-g'],
    code: 2,
    says: [/-g, --group_id <id>/, /argument missing/],
  },
  {
    about: 'several wrong values, all named at once',
    args: () => ['--concurrency', 'many', '--gpu-missing', 'panic', '--max-pixels', '0'],
    code: 1,
    says: [/--concurrency/, /--gpu-missing.*cpu.*fail/, /--max-pixels/],
  },
  {
    about: 'no credentials file',
    prepare: (farm) => rm(farm.folder.credentialsFile),
    code: 1,
    says: [/There is no credentials file .*minio_credentials\.json/, /accessKey/, /--credentials/],
  },
  {
    about: 'a credentials file that is not JSON',
    prepare: (farm) => writeFile(farm.folder.credentialsFile, 'secretKey=hunter2'),
    code: 1,
    says: [/minio_credentials\.json cannot be used: it is not JSON/, /^(?!.*hunter2)/s],
  },
  {
    about: 'no such Blender',
    args: () => ['-b', '/no/such/blender'],
    code: 1,
    says: [/Blender '\/no\/such\/blender' does not start/, /-b PATH/],
  },
  {
    about: 'something else than Blender',
    args: () => ['-b', '/bin/echo'],
    code: 1,
    says: [/'\/bin\/echo' is not Blender/, /-b PATH/],
  },
  {
    about: 'a folder for frames that cannot be one',
    prepare: (farm) => writeFile(path.join(farm.folder.cwd, 'tmp_render_out'), ''),
    code: 1,
    says: [/^kafka-render: The folder for jobs .*tmp_render_out cannot be used/m],
  },
  {
    about: 'a folder for scenes that cannot be one',
    prepare: (farm) => writeFile(path.join(farm.folder.cwd, 'scenes'), ''),
    code: 1,
    says: [/The scene folder .*scenes cannot be used/],
  },
];

async function assertRefusesToStart(t: TestContext, fault: Fault): Promise<void> {
  const farm = await RenderFarm.open(t);
  await farm.send(farm.job({ scenePath: 'not-even/looked-at.blend' }));
  await fault.prepare?.(farm);
  const worker = farm.startWorker({ args: fault.args?.(farm) ?? [] });
  assert.deepEqual(await worker.endsWithin(20_000), { code: fault.code, signal: null });
  const said = worker.log.filter(({ level }) => level === undefined).map(({ message }) => message);
  for (const pattern of fault.says) assert.match(said.join('\n'), pattern);
  assert.ok(!said.some((line) => /^\s+at .*:\d+/.test(line)), `a stack is no clear message:\n${said.join('\n')}`);
  assert.deepEqual(await farm.ended(0), { results: [], errors: [] });
  assert.deepEqual(await farm.kafka.committed(farm.group, farm.topics.jobs), [null]);
}

suite('a worker that cannot work', { concurrency: 2 }, () => {
  // The others run beside it.
  test('no broker answers for 30 s', { timeout: 90_000 }, async (t) => {
    const farm = await RenderFarm.open(t);
    const startedMs = performance.now();
    const { jobs, results, errors } = farm.topics;
    const worker = farm.startWorkerWith([jobs, results, '127.0.0.1:1', '127.0.0.1:2', '-e', errors]);
    assert.deepEqual(await worker.endsWithin(60_000), { code: 1, signal: null });
    const seconds = (performance.now() - startedMs) / 1_000;
    assert.ok(seconds > 29 && seconds < 45, `after ${seconds} s`);
    const said = worker.log.filter(({ level }) => level === undefined).map(({ message }) => message);
    assert.equal(said.length, 1, said.join('\n'));
    assert.match(said[0] ?? '', /127\.0\.0\.1:1.*127\.0\.0\.1:2/);
    assert.ok(worker.log.length < 10, `the log is not flooded:\n${worker.tail()}`);
    assert.deepEqual(await readdir(farm.folder.cwd), ['scenes']);
  });

  for (const fault of faults) test(fault.about, { timeout: 60_000 }, (t) => assertRefusesToStart(t, fault));

  test('no arguments at all', { timeout: 30_000 }, async (t) => {
    const farm = await RenderFarm.open(t);
    const worker = farm.startWorkerWith([]);
    assert.deepEqual(await worker.endsWithin(20_000), { code: 2, signal: null });
    assert.match(worker.tail(), /missing required argument 'in\.topic'/);
  });
});
