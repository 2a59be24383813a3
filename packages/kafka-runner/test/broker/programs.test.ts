// Expected: kafka-topic-echo prints each message as it arrives, and says that it is idle when none does;
// kafka-test-producer sends HELLO! once, or what it is told, or again and again. Both run from any folder.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { test, type TestContext } from 'node:test';
import { clientSettingsSchema } from '../../src/broker/client-settings.ts';
import { ConfluentProducer } from '../../src/broker/confluent-producer.ts';
import { checkSettings } from '../../src/check-settings.ts';
import { createLogger } from '../../src/logging/logger.ts';
import { RunnerUnderTest } from '../kafka/runner-under-test.ts';

/** A program of `bin/`, and what it prints, line by line. */
class Program {
  readonly printed: string[] = [];
  readonly said: string[] = [];
  readonly #child: ChildProcess;
  readonly #exit: Promise<unknown[]>;

  constructor(t: TestContext, name: string, ...args: string[]) {
    const file = path.join(import.meta.dirname, '../../../../bin', name);
    const child = spawn(file, args, { cwd: tmpdir(), stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    this.#exit = once(child, 'close');
    createInterface(child.stdout).on('line', (line) => this.printed.push(line));
    createInterface(child.stderr).on('line', (line) => this.said.push(line));
    t.after(() => child.kill('SIGKILL'));
  }

  async until(isTrue: (program: this) => boolean): Promise<void> {
    while (!isTrue(this)) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  async exitCode(signal?: NodeJS.Signals): Promise<unknown> {
    if (signal) this.#child.kill(signal);
    return (await this.#exit)[0];
  }
}

const limit = { timeout: 60_000 };

test('what the producer sends, the echo prints', limit, async (t) => {
  const { inTopic, bootstrapServers } = await RunnerUnderTest.create(t);
  const echo = new Program(t, 'kafka-topic-echo', inTopic, ...bootstrapServers);
  await echo.until(({ said }) => said.includes(`listening to ${inTopic}`));

  const once = new Program(t, 'kafka-test-producer', inTopic, ...bootstrapServers);
  assert.equal(await once.exitCode(), 0);
  assert.deepEqual(once.printed, [`sent to ${inTopic}: "HELLO!"`]);
  const job = new Program(
    t,
    'kafka-test-producer',
    inTopic,
    ...bootstrapServers,
    '-m',
    '{"jobId": 9223372036854775808}',
  );
  assert.equal(await job.exitCode(), 0);
  await echo.until(({ printed }) => printed.length === 2);
  assert.deepEqual(echo.printed, ['"HELLO!"', '{"jobId": 9223372036854775808}']);

  const again = new Program(t, 'kafka-test-producer', inTopic, ...bootstrapServers, '-r', '-i', '0.1', '-m', 'again');
  await echo.until(({ printed }) => printed.length >= 5);
  assert.deepEqual(new Set(echo.printed.slice(2)), new Set(['"again"']));
  await again.exitCode('SIGTERM');

  await echo.until(({ said }) => said.at(-1) === `idle: no message on ${inTopic} for 5 s`);
  assert.equal(await echo.exitCode('SIGINT'), 0);
});

test('a wrong command line ends with 2, a wrong address with 1, each with a clear line', limit, async (t) => {
  const wrong = new Program(t, 'kafka-test-producer', 'topic', '127.0.0.1:9', '--mesage', 'x');
  assert.equal(await wrong.exitCode(), 2);
  assert.match(wrong.said.join('\n'), /unknown option '--mesage'[^]*--help/);
  const missing = new Program(t, 'kafka-topic-echo', 'topic');
  assert.equal(await missing.exitCode(), 2);
  const notAnAddress = new Program(t, 'kafka-topic-echo', 'topic', 'http://127.0.0.1:9092');
  assert.equal(await notAnAddress.exitCode(), 1);
  assert.match(notAnAddress.said.at(-1) ?? '', /must be host:port/);
});

test('the echo shows keys and headers when it is asked to', limit, async (t) => {
  const runner = await RunnerUnderTest.create(t);
  const { inTopic, bootstrapServers } = runner;
  const echo = new Program(t, 'kafka-topic-echo', inTopic, ...bootstrapServers, '--keys', '--headers');
  await echo.until(({ said }) => said.includes(`listening to ${inTopic}`));
  await using producer = new ConfluentProducer({
    client: checkSettings(clientSettingsSchema, { bootstrapServers: [...bootstrapServers] }),
    clientId: 'programs-test',
    logger: createLogger({ runner: 'programs-test', level: 'error' }),
  });
  await producer.connect();
  await producer.send({ topic: inTopic, key: 'a key', headers: { attempt: '2', worker: 'w' }, value: '1' });
  await producer.send({ topic: inTopic, value: '2' });
  await echo.until(({ printed }) => printed.length === 2);
  assert.deepEqual(echo.printed, ['{"attempt":"2","worker":"w"}\ta key\t1', '{}\t\t2']);
  assert.equal(await echo.exitCode('SIGINT'), 0);
});

test('the help names each option with its default', limit, async (t) => {
  const producer = new Program(t, 'kafka-test-producer', '--help');
  assert.equal(await producer.exitCode(), 0);
  const help = producer.printed.join('\n');
  for (const part of [/-m, --message.*HELLO!/s, /-i, --interval.*default: 2\)/s, /-r, --repeat/])
    assert.match(help, part);
});
