import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import { ConfigError } from 'kafka-runner';
import { rendererVariables } from '../../src/blender/renderer-variables.ts';
import { readConfig } from '../../src/config.ts';

const positionals = ['render.job', 'render.out', '10.0.0.1:9090'];

/** Nobody else's environment may decide a test. */
for (const name of Object.keys(process.env)) if (name.startsWith('KAFKA_RENDER_')) delete process.env[name];

function withEnvironment(t: TestContext, variables: Readonly<Record<string, string>>): void {
  Object.assign(process.env, variables);
  t.after(() => {
    for (const name of Object.keys(variables)) delete process.env[name];
  });
}

test('the example of the specification', () => {
  const line =
    'render.job render.out 10.0.0.1:9090 10.0.0.2:9094 -b /opt/blender/blender -g render -e render.errors -d';
  const { options, runner } = readConfig(line.split(' '));
  assert.equal(options.blender, '/opt/blender/blender');
  assert.partialDeepStrictEqual(runner, {
    inTopic: 'render.job',
    outTopic: 'render.out',
    bootstrapServers: ['10.0.0.1:9090', '10.0.0.2:9094'],
    groupId: 'render',
    errorTopic: 'render.errors',
    logLevel: 'debug',
  });
});

test('defaults', () => {
  const { options, runner } = readConfig(positionals);
  assert.partialDeepStrictEqual(options, {
    blender: 'blender',
    schemas: '../json_schemas',
    credentials: '../credentials/minio_credentials.json',
    scenes: 'scenes',
    gpuMissing: 'cpu',
    missingAssets: 'fail',
    blockedScripts: 'render',
    maxPixels: 268_435_456,
    blenderMode: 'resident',
    recycleAfter: 2_000,
    maxWaitingFrames: 32,
  });
  assert.deepEqual(runner, {
    name: 'kafka-render',
    inTopic: 'render.job',
    outTopic: 'render.out',
    bootstrapServers: ['10.0.0.1:9090'],
    errorTopic: 'error.log',
    progressTopic: undefined,
    controlTopic: undefined,
    groupId: undefined,
    logLevel: 'info',
    outputLevel: 'debug',
    commandVariables: rendererVariables,
    concurrency: 1,
    environments: undefined,
    prefetch: 1,
    jobsFolder: 'tmp_render_out',
    minFreeBytes: undefined,
    maxJobBytes: undefined,
    jobTimeoutMs: undefined,
    noProgressTimeoutMs: undefined,
    delivery: 'exactly-once',
    maxAttempts: 3,
    maxMachineFaults: 5,
    metrics: undefined,
    retryDelayMs: 1_000,
    instanceId: undefined,
    leaveOnStop: false,
    commandMemoryBytes: undefined,
    retentionMs: 604_800_000,
    shutdownTimeoutMs: 20_000,
    tls: false,
    sasl: undefined,
  });
});

test('topics to watch and to steer by', () => {
  const topics = ['--progress-topic', 'render.progress', '--control-topic', 'render.control'];
  assert.partialDeepStrictEqual(readConfig([...positionals, ...topics]).runner, {
    progressTopic: 'render.progress',
    controlTopic: 'render.control',
  });
});

suite('spellings of one option', () => {
  for (const args of [
    ['-g', 'render'],
    ['--group_id', 'render'],
    ['--group-id', 'render'],
    ['--group_id=render'],
    ['--group-id=render'],
  ]) {
    test(args.join(' '), () => {
      assert.equal(readConfig([...args, ...positionals]).runner.groupId, 'render');
      assert.equal(readConfig([...positionals, ...args]).runner.groupId, 'render');
    });
  }

  for (const args of [
    ['-e', 'a=b'],
    ['--error_topic_name', 'a=b'],
    ['--error-topic-name', 'a=b'],
    ['--error-topic-name=a=b'],
  ]) {
    test(args.join(' '), () => assert.equal(readConfig([...positionals, ...args]).runner.errorTopic, 'a=b'));
  }
});

suite('the environment', () => {
  test('counts where no flag is given', (t) => {
    withEnvironment(t, {
      KAFKA_RENDER_GROUP_ID: 'from-env',
      KAFKA_RENDER_CONCURRENCY: '3',
      KAFKA_RENDER_BLENDER: '/env',
    });
    const { runner, options } = readConfig([...positionals, '-b', '/flag']);
    assert.deepEqual([runner.groupId, runner.concurrency, options.blender], ['from-env', 3, '/flag']);
  });

  test('is checked like flags', (t) => {
    withEnvironment(t, { KAFKA_RENDER_MAX_FRAMES: 'many' });
    assert.throws(() => readConfig(positionals), /--max-frames/);
  });
});

test('metrics at the loopback address, unless said otherwise', () => {
  const metricsOf = (...args: string[]) => readConfig([...positionals, ...args]).runner.metrics;
  assert.deepEqual(metricsOf('--metrics-port', '9464'), { port: 9464, host: '127.0.0.1' });
  assert.deepEqual(metricsOf('--metrics-port', '0', '--metrics-host', '::'), { port: 0, host: '::' });
  assert.equal(metricsOf('--metrics-host', '::'), undefined);
  assert.throws(() => metricsOf('--metrics-port', '65536'), /--metrics-port/);
});

test('all wrong values are named at once', () => {
  const args = [
    '--concurrency',
    '0',
    '--shutdown-timeout',
    '-1',
    '--gpu-missing',
    'panic',
    '--max-pixels',
    '1.5',
    '-b',
    '',
  ];
  assert.throws(
    () => readConfig([...positionals, ...args]),
    (error) => {
      assert.ok(error instanceof ConfigError);
      for (const flag of ['--concurrency', '--shutdown-timeout', '--gpu-missing', '--max-pixels', '--blender']) {
        assert.ok(error.message.includes(flag), `${flag} in ${error.message}`);
      }
      return true;
    },
  );
});

test('a time-out longer than a timer can hold is refused', () => {
  assert.equal(readConfig([...positionals, '--shutdown-timeout', '2000000']).runner.shutdownTimeoutMs, 2_000_000_000);
  assert.throws(() => readConfig([...positionals, '--shutdown-timeout', '2000001']), /--shutdown-timeout/);
});

suite('TLS and SASL', () => {
  for (const [value, tls] of [
    ['true', true],
    ['1', true],
    ['yes', true],
    ['false', false],
    ['0', false],
    ['no', false],
  ] as const) {
    test(`KAFKA_RENDER_TLS=${value}`, (t) => {
      withEnvironment(t, { KAFKA_RENDER_TLS: value });
      assert.equal(readConfig(positionals).runner.tls, tls);
      assert.equal(readConfig([...positionals, '--tls']).runner.tls, true);
    });
  }

  test('KAFKA_RENDER_TLS says something else: a fault, named with the others', (t) => {
    withEnvironment(t, { KAFKA_RENDER_TLS: 'maybe' });
    assert.throws(
      () => readConfig([...positionals, '--concurrency', '0']),
      (error) =>
        error instanceof ConfigError &&
        error.message.includes('--tls: expected true') &&
        error.message.includes('--concurrency'),
    );
  });

  test('--tls alone trusts the authorities of the system', () => {
    assert.equal(readConfig([...positionals, '--tls']).runner.tls, true);
  });

  test('any file implies TLS', () => {
    const { tls } = readConfig([...positionals, '--tls-ca', 'ca.pem', '--tls-key', 'key.pem']).runner;
    assert.deepEqual(tls, { caFile: 'ca.pem', certificateFile: undefined, keyFile: 'key.pem' });
  });

  test('the password comes from a file, without the newline at its end', async (t) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'config-'));
    t.after(() => rm(folder, { recursive: true }));
    const file = path.join(folder, 'password');
    await writeFile(file, ' pass word \n');
    const args = ['--sasl-mechanism', 'PLAIN', '--sasl-username', 'user', '--sasl-password-file', file];
    const expected = { mechanism: 'PLAIN', username: 'user', password: ' pass word ' };
    assert.deepEqual(readConfig([...positionals, ...args]).runner.sasl, expected);
  });

  test('a token of an identity provider', async (t) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'config-'));
    t.after(() => rm(folder, { recursive: true }));
    const file = path.join(folder, 'secret');
    await writeFile(file, 'of the client');
    const login = ['--sasl-mechanism', 'OAUTHBEARER', '--sasl-username', 'worker', '--sasl-password-file', file];
    const url = 'https://login.example/token';
    const args = [...login, '--sasl-token-url', url, '--sasl-token-ca', 'ca.pem', '--sasl-scope', 'kafka'];
    assert.deepEqual(readConfig([...positionals, ...args]).runner.sasl, {
      ...{ mechanism: 'OAUTHBEARER', username: 'worker', password: 'of the client' },
      ...{ tokenUrl: url, tokenCaFile: 'ca.pem', scope: 'kafka' },
    });
  });

  test('a part of the login', () => {
    assert.throws(() => readConfig([...positionals, '--sasl-username', 'user']), /--sasl-mechanism.*go together/);
  });

  test('a password file that is not there', () => {
    const args = ['--sasl-mechanism', 'PLAIN', '--sasl-username', 'user', '--sasl-password-file', '/no/such/file'];
    assert.throws(
      () => readConfig([...positionals, ...args]),
      (error) => {
        assert.ok(error instanceof ConfigError);
        assert.match(error.message, /--sasl-password-file.*\/no\/such\/file/);
        return true;
      },
    );
  });
});

test('a flag that begins with `no` is a flag like any other', () => {
  assert.equal(readConfig(['--no-progress-timeout', '90', ...positionals]).runner.noProgressTimeoutMs, 90_000);
});

test('GPUs: an environment for each, in which no other is seen', () => {
  const { options, runner } = readConfig([...positionals, '--gpu', '2,0']);
  assert.deepEqual(options.gpu, [2, 0]);
  assert.deepEqual(
    runner.environments?.map((environment) => environment['CUDA_VISIBLE_DEVICES']),
    ['2', '0'],
  );
  for (const wrong of ['', 'all', '0,', '-1', '0,0', '0, 1', '1.5'])
    assert.throws(() => readConfig([...positionals, `--gpu=${wrong}`]), ConfigError, wrong);
});

test('variables that Blender sees, too', () => {
  const { runner } = readConfig([...positionals, '--pass-env', 'RLM_LICENSE, SHOW_*']);
  assert.deepEqual(runner.commandVariables, [...rendererVariables, 'RLM_LICENSE', 'SHOW_*']);
});
