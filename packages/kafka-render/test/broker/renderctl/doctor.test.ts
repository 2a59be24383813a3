// Expected: where all is there the doctor finds nothing; where something is not, it says which, what to do, and exits with 1.
import assert from 'node:assert/strict';
import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { clock } from '../../../src/renderctl/doctor/check-storage.ts';
import { RenderFarm } from '../../render-farm.ts';
import { runCtl } from './ctl-under-test.ts';

interface Diagnosis {
  readonly ok: boolean;
  readonly findings: readonly {
    readonly check: string;
    readonly state: string;
    readonly found: string;
    readonly advice?: string;
  }[];
}

/** How each check went, by its name. */
async function diagnose(
  ...args: string[]
): Promise<{ code: number | null; said: Diagnosis; states: Record<string, string> }> {
  const { code, stdout, stderr } = await runCtl(['doctor', '--json', ...args]);
  assert.notEqual(stdout, '', stderr);
  const said = JSON.parse(stdout) as Diagnosis;
  return { code, said, states: Object.fromEntries(said.findings.map(({ check, state }) => [check, state])) };
}

test('doctor', { timeout: 120_000 }, async (t) => {
  const farm = await RenderFarm.open(t);
  const { topics, folder, group } = farm;
  const brokers = farm.lab.kafka.bootstrapServers.join(',');
  const kafka = ['--bootstrap', brokers, '--in-topic', topics.jobs, '--out-topic', topics.results, '-e', topics.errors];
  const storage = ['--credentials', folder.credentialsFile, '--bucket', farm.bucket];
  const machine = ['--schemas', folder.schemas, '--scenes', folder.cwd, '--tmp-render-out', folder.cwd];

  await t.test('all is well', async () => {
    const { code, said, states } = await diagnose(...kafka, '-g', group, ...storage, ...machine);
    assert.deepEqual([code, said.ok], [0, true], JSON.stringify(said, undefined, 1));
    assert.deepEqual(states, {
      ...{ kafka: 'ok', 'input topic': 'ok', 'output topic': 'ok', 'error topic': 'ok', 'progress topic': 'ok' },
      ...{ 'control topic': 'ok', group: 'ok', credentials: 'ok', storage: 'ok', clock: 'ok', schemas: 'ok' },
      ...{ blender: 'ok', devices: 'ok', sandbox: 'ok', 'disk of frames': 'ok', 'disk of scenes': 'ok' },
    });
    assert.match(said.findings.find(({ check }) => check === 'blender')?.found ?? '', /Blender \d+\.\d+/);
    assert.deepEqual(await farm.storage.keys(farm.bucket), [], 'the probe is gone');
  });

  await t.test('nothing is as it should be', async () => {
    const credentials = path.join(folder.cwd, 'wrong.json');
    const { accessKey } = farm.lab.minio;
    await writeFile(credentials, JSON.stringify({ url: farm.lab.minio.url, accessKey, secretKey: 'another one' }));
    await chmod(credentials, 0o644);
    const wrongTopics = ['--bootstrap', brokers, '--in-topic', 'none', '-e', 'not.yet', '--control-topic', 'nor.this'];
    const wrongMachine = ['--schemas', '/nowhere', '-b', '/bin/true', '--min-free-bytes', '999999999999999'];
    const { code, said, states } = await diagnose(
      ...wrongTopics,
      '--credentials',
      credentials,
      ...wrongMachine,
      ...machine.slice(2),
    );
    assert.deepEqual([code, said.ok], [1, false]);
    assert.deepEqual(states, {
      ...{
        kafka: 'ok',
        'input topic': 'wrong',
        'output topic': 'wrong',
        'error topic': 'warning',
        'progress topic': 'ok',
      },
      ...{ 'control topic': 'wrong', credentials: 'warning', storage: 'wrong', schemas: 'warning', blender: 'wrong' },
      ...{ 'disk of frames': 'wrong', 'disk of scenes': 'ok' },
    });
    const advice = (wanted: string): string => said.findings.find(({ check }) => check === wanted)?.advice ?? '';
    assert.match(
      advice('output topic'),
      /--out-topic <name>, KAFKA_RENDER_OUT_TOPIC, or outTopic in kafka-render\.json/,
    );
  });

  await t.test('no Kafka: for people, as lines, within its time', async () => {
    const away = ['--bootstrap', '127.0.0.1:1', '--connect-timeout', '1', '--for', 'person'];
    const { code, stdout } = await runCtl(['doctor', ...away, ...storage]);
    assert.equal(code, 1);
    assert.match(stdout, /^wrong +kafka +no Kafka broker answered at 127\.0\.0\.1:1 within 1 s/m);
    assert.match(stdout, /^ok +storage /m);
    assert.doesNotMatch(stdout, /blender/);
  });
});

test('clocks', () => {
  const states = [0, 59, -61, 899, 901, -1_000].map((seconds) => clock(seconds).state);
  assert.deepEqual(states, ['ok', 'ok', 'warning', 'warning', 'wrong', 'wrong']);
  assert.match(clock(-61).found, /61 s behind the storage/);
});
