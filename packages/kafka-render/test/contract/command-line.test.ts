import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { RenderFarm } from '../render-farm.ts';

// The spellings of the specification start a worker that does a job; what it needs is looked for beside its working
// directory, and what it writes goes into it.

const spellings: Record<string, (farm: RenderFarm) => string[]> = {
  'short options after the positionals, several brokers': ({ topics, group, lab }) => {
    const servers = lab.kafka.bootstrapServers;
    return [
      topics.jobs,
      topics.results,
      '127.0.0.1:1',
      ...servers,
      '-b',
      'blender',
      '-g',
      group,
      '-e',
      topics.errors,
      '-d',
    ];
  },
  'long options of the predecessor, before the positionals': ({ topics, group, lab }) => {
    const options = ['--group_id', group, '--error_topic_name', topics.errors, '--blender', 'blender', '--debug'];
    return [...options, topics.jobs, topics.results, ...lab.kafka.bootstrapServers];
  },
  'long options with dashes, in between': ({ topics, group, lab }) => {
    const options = [`--group-id=${group}`, '--error-topic-name', topics.errors, '-d'];
    return [topics.jobs, topics.results, ...options, ...lab.kafka.bootstrapServers];
  },
};

for (const [name, argsFor] of Object.entries(spellings)) {
  test(name, { timeout: 60_000 }, async (t) => {
    const farm = await RenderFarm.open(t);
    const scenePath = await farm.putScene('counter');
    const worker = farm.startWorkerWith(argsFor(farm));
    await farm.send(farm.job({ scenePath, jobId: 1 }), farm.job({ scenePath: 'nonsense', jobId: 2 }));
    const { results, errors } = await farm.ended(2);
    assert.deepEqual([results.length, errors.length], [1, 1]);
    await farm.untilCommitted(2);
    assert.ok(
      worker.log.some(({ level }) => level === 'debug'),
      '-d logs more',
    );
    assert.deepEqual((await readdir(farm.folder.cwd)).toSorted(), ['scenes', 'tmp_render_out']);
    assert.deepEqual(await readdir(path.dirname(farm.folder.cwd)), ['credentials', 'json_schemas', 'worker']);
  });
}

test('without -e errors go to error.log', { timeout: 60_000 }, async (t) => {
  const farm = await RenderFarm.open(t);
  const { jobs, results } = farm.topics;
  const worker = farm.startWorkerWith([jobs, results, ...farm.lab.kafka.bootstrapServers, '-g', farm.group]);
  await farm.send(farm.job({ scenePath: 'nonsense' }));
  await farm.untilCommitted(1, 30_000);
  const records = (await farm.kafka.read(['error.log'], 1))['error.log'];
  const own = records.filter(({ headers }) => headers['job-topic'] === jobs);
  assert.deepEqual(
    own.map(({ headers }) => headers['job-offset']),
    ['0'],
    worker.tail(),
  );
});

test('--help explains every option with its default, and nothing is started', { timeout: 30_000 }, async (t) => {
  const farm = await RenderFarm.open(t);
  const worker = farm.startWorkerWith(['--help']);
  assert.deepEqual(await worker.endsWithin(20_000), { code: 0, signal: null });
  assert.deepEqual(worker.log, []);
  const help = worker.stdout.replaceAll(/\s+/g, ' ');
  const options = [
    '-b, --blender',
    '-g, --group_id',
    '-e, --error_topic_name',
    '-d, --debug',
    '--concurrency',
    '--gpu-missing',
  ];
  for (const option of options) assert.ok(help.includes(option), `${option} in ${help}`);
  for (const value of ['blender', 'error.log', '../json_schemas', '../credentials/minio_credentials.json', 'cpu']) {
    assert.ok(help.includes(`(default: ${value})`) || help.includes(`default: ${value}`), `${value} in ${help}`);
  }
});
