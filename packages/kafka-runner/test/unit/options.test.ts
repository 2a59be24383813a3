import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError } from '../../src/errors.ts';
import { KafkaRunner } from '../../src/kafka-runner.ts';
import { parseRunnerOptions, type KafkaRunnerOptions } from '../../src/options.ts';

const least: KafkaRunnerOptions = { inTopic: 'jobs', bootstrapServers: ['127.0.0.1:9092'] };

function faultsOf(options: unknown): string {
  try {
    parseRunnerOptions(options as KafkaRunnerOptions);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.message;
  }
  assert.fail('the options were accepted');
}

test('only the input topic and a broker have to be named', () => {
  const { jobsFolder, ...settings } = parseRunnerOptions(least);
  assert.match(jobsFolder, new RegExp(`/kafka-runner-${process.getuid?.()}$`));
  assert.deepEqual(settings, {
    inTopic: 'jobs',
    bootstrapServers: ['127.0.0.1:9092'],
    errorTopic: 'error.log',
    logLevel: 'info',
    outputLevel: 'info',
    concurrency: 1,
    environments: [{}],
    maxMachineFaults: 5,
    prefetch: 0,
    maxMessageBytes: 1_048_576,
    delivery: 'exactly-once',
    maxAttempts: 3,
    retryDelayMs: 1_000,
    leaveOnStop: false,
    transactionTimeoutMs: 10_000,
    commandVariables: [],
    shutdownTimeoutMs: 20_000,
    commandGraceMs: 5_000,
    retentionMs: 604_800_000,
    stallTimeoutMs: 120_000,
    sessionTimeoutMs: 10_000,
    maxPollIntervalMs: 300_000,
    connectTimeoutMs: 30_000,
    tls: false,
  });
});

test('all faults are named at once, each with its place', () => {
  const message = faultsOf({
    inTopic: '',
    bootstrapServers: ['10.0.0.1:9092', 'two words'],
    concurrency: 0,
    sasl: { mechanism: 'NTLM', username: 'me', password: 'x' },
    logLevel: 'loud',
  });
  for (const place of [
    'inTopic',
    'bootstrapServers.1: must be host:port',
    'concurrency',
    'sasl.mechanism',
    'logLevel',
  ]) {
    assert.ok(message.includes(`\n  ${place}`), `${place} in:\n${message}`);
  }
});

test('a misspelt option is a fault, not silence', () => {
  assert.match(faultsOf({ ...least, groupID: 'render' }), /groupID/);
});

test('a broker at least', () => {
  assert.match(faultsOf({ inTopic: 'jobs', bootstrapServers: [] }), /bootstrapServers/);
  assert.match(faultsOf({ inTopic: 'jobs' }), /bootstrapServers/);
});

test('a secret does not stand in the message about it', () => {
  const message = faultsOf({ ...least, sasl: { mechanism: 'PLAIN', username: '', password: 'do-not-show-this' } });
  assert.match(message, /sasl\.username/);
  assert.ok(!message.includes('do-not-show-this'));
});

test('a runner checks its options when it is made', () => {
  assert.throws(() => new KafkaRunner({ ...least, concurrency: 1.5 }), ConfigError);
});

test('a runner that would read what it writes is refused', () => {
  assert.match(faultsOf({ ...least, outTopic: 'jobs' }), /inTopic: must be another topic/);
  assert.match(faultsOf({ ...least, errorTopic: 'jobs' }), /inTopic: must be another topic/);
  for (const name of ['progressTopic', 'controlTopic']) {
    for (const taken of ['jobs', 'out', 'error.log'])
      assert.match(
        faultsOf({ ...least, outTopic: 'out', [name]: taken }),
        new RegExp(`${name}: must be a topic of its own`),
      );
  }
  assert.match(faultsOf({ ...least, progressTopic: 'same', controlTopic: 'same' }), /must be a topic of its own/);
});

test('what Kafka would not take as a topic is refused', () => {
  for (const inTopic of ['bad topic!', '..', 'x'.repeat(250)]) {
    assert.match(faultsOf({ ...least, inTopic }), /inTopic: must be a topic/);
  }
});

test('the poll limit may not be below the session time-out', () => {
  assert.match(
    faultsOf({ ...least, sessionTimeoutMs: 5_000, maxPollIntervalMs: 4_000 }),
    /maxPollIntervalMs: .*session/,
  );
});
