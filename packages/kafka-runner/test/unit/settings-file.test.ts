import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { z } from 'zod';
import { parseCommandLine, UsageExit } from '../../src/command-line.ts';
import { ConfigError } from '../../src/errors.ts';
import { settingName } from '../../src/settings-file.ts';

const spec = {
  program: 'a-program',
  description: 'Does something.',
  positionals: [
    { name: 'topic', help: 'topic to read', env: 'APP_TOPIC' },
    { name: 'bootstrap', help: 'brokers', env: 'APP_BOOTSTRAP' },
  ],
  options: {
    maxFrames: {
      flags: '--max-frames <n>',
      help: 'frames at most',
      schema: z.coerce.number().int('must be whole').default(10),
      env: 'APP_MAX_FRAMES',
    },
    key: { flags: '--key <file>', help: 'a key', schema: z.string().optional(), env: 'APP_KEY' },
    program: { flags: '-p, --program <path>', help: 'a program', schema: z.string().optional(), env: 'APP_PROGRAM' },
    noEnv: { flags: '--no-env <text>', help: 'of the command line only', schema: z.string().optional() },
  },
  example: 'a-program jobs 127.0.0.1:9092',
} as const;

const settings = {
  name: 'there-is-no-such-file.json',
  variable: 'APP_CONFIG',
  prefix: 'APP_',
  variables: ['APP_TOPIC', 'APP_BOOTSTRAP', 'APP_MAX_FRAMES', 'APP_KEY', 'APP_PROGRAM', 'APP_OF_ANOTHER_PROGRAM'],
};

/** The arguments that name a file with this content. */
function fileWith(t: TestContext, content: unknown): string[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'settings-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'app.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return ['--config', file];
}

const parse = (...args: string[]) => parseCommandLine(spec, args, settings);

test('a flag wins over the environment, which wins over the file, which wins over the default', (t) => {
  const file = fileWith(t, { maxFrames: 30 });
  t.after(() => delete process.env['APP_MAX_FRAMES']);
  const frames = (...args: string[]): number => parse('jobs', 'one:9092', ...args).options.maxFrames;
  assert.equal(frames(), 10);
  assert.equal(frames(...file), 30);
  process.env['APP_MAX_FRAMES'] = '20';
  assert.equal(frames(...file), 20);
  assert.equal(frames(...file, '--max-frames', '5'), 5);
});

test('positionals come from the file, or each from the environment, when the command line has none', (t) => {
  const file = fileWith(t, { topic: 'jobs', bootstrap: ['one:9092', 'two:9092'] });
  t.after(() => delete process.env['APP_BOOTSTRAP']);
  assert.deepEqual(parse(...file).positionals, ['jobs', 'one:9092', 'two:9092']);
  process.env['APP_BOOTSTRAP'] = 'three:9092, four:9092';
  assert.deepEqual(parse(...file).positionals, ['jobs', 'three:9092', 'four:9092']);
  assert.deepEqual(parse(...file, 'others', 'five:9092').positionals, ['others', 'five:9092']);
});

test('one positional of two, or none anywhere, is a wrong command line', (t) => {
  const wrong = [[...fileWith(t, { topic: 'jobs' })], ['jobs'], []];
  t.mock.method(process.stderr, 'write', () => true);
  for (const args of wrong) {
    assert.throws(
      () => parse(...args),
      (error) => error instanceof UsageExit && error.exitCode === 2,
    );
  }
});

test('relative paths are meant as seen from the file; a program without a slash is looked for as ever', (t) => {
  const file = fileWith(t, { key: 'secrets/key', program: 'bin/blender' });
  const folder = path.dirname(file[1] ?? '');
  const { key, program } = parse('jobs', 'one:9092', ...file).options;
  assert.deepEqual([key, program], [path.join(folder, 'secrets/key'), path.join(folder, 'bin/blender')]);
  assert.equal(parse('jobs', 'one:9092', ...fileWith(t, { program: 'blender' })).options.program, 'blender');
});

test('the environment names the file, too; a setting of another program that shares it may stand there', (t) => {
  t.after(() => delete process.env['APP_CONFIG']);
  process.env['APP_CONFIG'] = fileWith(t, { maxFrames: 7, ofAnotherProgram: 'x' })[1] ?? '';
  assert.equal(parse('jobs', 'one:9092').options.maxFrames, 7);
});

const faults: readonly (readonly [name: string, content: unknown, says: RegExp])[] = [
  ['unknown settings', { maxFrame: 1, noEnv: 'x', topic: 'jobs' }, /app\.json: there is no setting maxFrame, noEnv$/],
  ['a wrong value', { maxFrames: 1.5 }, /maxFrames in .*app\.json: must be whole/],
  ['no text and no number', { maxFrames: null }, /app\.json must be a JSON object of .*: maxFrames/],
  ['no object', [1], /app\.json must be a JSON object/],
  ['no JSON', '{', /app\.json cannot be read/],
];

for (const [name, content, says] of faults) {
  test(`${name}: an error that names what is wrong`, (t) => {
    const file = fileWith(t, content);
    assert.throws(
      () => parse('jobs', 'one:9092', ...file),
      (error) => error instanceof ConfigError && says.test(error.message),
    );
  });
}

test('a file that is named and not there is an error', () => {
  assert.throws(() => parse('jobs', 'one:9092', '--config', '/no/such/file.json'), /\/no\/such\/file\.json.*ENOENT/);
});

test('names', () => {
  assert.equal(settingName('APP_OF_ANOTHER_PROGRAM', 'APP_'), 'ofAnotherProgram');
});
