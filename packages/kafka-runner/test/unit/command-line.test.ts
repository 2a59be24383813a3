import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { z } from 'zod';
import { chooseCommand, parseCommandLine, UsageExit } from '../../src/command-line.ts';
import { ConfigError } from '../../src/errors.ts';

const spec = {
  program: 'a-program',
  description: 'Does something.',
  positionals: [
    { name: 'topic', help: 'topic to read' },
    { name: 'bootstrap', help: 'brokers' },
  ],
  options: {
    blender: {
      flags: '-b, --blender <path>',
      help: 'Blender executable',
      schema: z.string().default('blender'),
      env: 'TEST_BLENDER',
    },
    groupId: {
      flags: '-g, --group-id <id>',
      help: 'consumer group',
      schema: z.string().min(1, 'must not be empty').optional(),
    },
    frames: {
      flags: '--max-frames <n>',
      help: 'frames at most',
      schema: z.coerce.number().int('must be whole').default(10),
    },
    debug: { flags: '-d, --debug', help: 'debug logging', schema: z.boolean().default(false) },
  },
  example: 'a-program jobs 127.0.0.1:9092',
} as const;

const parseSpec = (args: readonly string[]): unknown => parseCommandLine(spec, args);

interface Printed {
  readonly text: string;
  readonly exitCode: number;
}

/** What was printed by a call that ends the program, and the exit code it asks for. */
function endOf(
  t: TestContext,
  args: readonly string[],
  parse: (args: readonly string[]) => unknown = parseSpec,
): Printed {
  let text = '';
  const keep = (chunk: string | Uint8Array): boolean => {
    text += String(chunk);
    return true;
  };
  t.mock.method(process.stdout, 'write', keep);
  t.mock.method(process.stderr, 'write', keep);
  try {
    parse(args);
  } catch (error) {
    if (error instanceof UsageExit) return { text, exitCode: error.exitCode };
    throw error;
  } finally {
    t.mock.restoreAll();
  }
  assert.fail('the arguments were accepted');
}

test('positionals and options, in whatever order', () => {
  const { positionals, options } = parseCommandLine(spec, ['jobs', '-b', '/opt/blender', 'one:9092', '-d', 'two:9092']);
  assert.deepEqual(positionals, ['jobs', 'one:9092', 'two:9092']);
  assert.deepEqual(options, { blender: '/opt/blender', groupId: undefined, frames: 10, debug: true });
});

test('a flag wins over the environment, which wins over the default', (t) => {
  const blender = (...flags: string[]): string =>
    parseCommandLine(spec, ['jobs', 'one:9092', ...flags]).options.blender;
  t.after(() => delete process.env['TEST_BLENDER']);
  assert.equal(blender(), 'blender');
  process.env['TEST_BLENDER'] = '/from/environment';
  assert.equal(blender(), '/from/environment');
  assert.equal(blender('--blender', '/from/flag'), '/from/flag');
});

test('the help explains each option with its default and the example, and is a success', (t) => {
  const { text, exitCode } = endOf(t, ['--help']);
  assert.equal(exitCode, 0);
  for (const part of [
    'Usage: a-program',
    'topic to read',
    /-b, --blender <path>\s+Blender executable \(default: blender\)/,
    /--max-frames <n>\s+frames at most \(default: 10\)/,
    /-g, --group-id <id>\s+consumer group\s*$/m,
    /--debug\s+debug logging\s*$/m,
    'TEST_BLENDER',
    'Example:\n  a-program jobs 127.0.0.1:9092',
  ]) {
    assert.ok(typeof part === 'string' ? text.includes(part) : part.test(text), `${part} in:\n${text}`);
  }
});

test('a wrong option, a missing value and a missing argument say so and end with 2', (t) => {
  const wrong = endOf(t, ['jobs', 'one:9092', '--blendr', 'x']);
  assert.equal(wrong.exitCode, 2);
  assert.match(wrong.text, /unknown option '--blendr'.*Did you mean --blender\?.*a-program --help/s);
  assert.deepEqual(
    [endOf(t, ['jobs', 'one:9092', '-b']).exitCode, endOf(t, ['jobs']).exitCode, endOf(t, []).exitCode],
    [2, 2, 2],
  );
});

test('wrong values are named all at once', () => {
  assert.throws(
    () => parseCommandLine(spec, ['jobs', 'one:9092', '-g', '', '--max-frames', '1.5']),
    (error) =>
      error instanceof ConfigError &&
      error.message.includes('-g, --group-id <id>: must not be empty') &&
      error.message.includes('--max-frames <n>: must be whole'),
  );
});

test('arguments after -- are never options', () => {
  assert.deepEqual(parseCommandLine(spec, ['--', 'jobs', '-b']).positionals, ['jobs', '-b']);
});

test('a command is chosen by the first argument; the others are its own, whatever they are', (t) => {
  const commands = { retry: 'does it again', verify: 'looks whether all is well' };
  const choose = (args: readonly string[]) =>
    chooseCommand({ program: 'a-ctl', description: 'Does it.', commands }, args);
  const args = ['--help', 'jobs', '--', '-x', 'retry'];
  assert.deepEqual(choose(['verify', ...args]), { command: 'verify', args });
  const help = endOf(t, ['--help'], choose);
  assert.equal(help.exitCode, 0);
  assert.match(help.text, /Usage: a-ctl <command>.*retry\s+does it again\s+verify\s+looks/s);
  assert.match(endOf(t, ['retyr'], choose).text, /unknown command 'retyr'.*Did you mean retry\?/s);
  for (const wrong of [[], ['retyr'], ['-x'], ['']]) assert.equal(endOf(t, wrong, choose).exitCode, 2, wrong.join());
});
