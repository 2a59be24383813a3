import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { createLogger, type Logger, type LogLevel } from '../../../src/logging/logger.ts';

interface Console {
  readonly logger: Logger;
  readonly text: () => string;
  readonly errors: string[];
}

function loggerOn({ isTTY = false, level = 'info' }: { isTTY?: boolean; level?: LogLevel } = {}): Console {
  const chunks: string[] = [];
  const errors: string[] = [];
  const output = new Writable({
    write(chunk: Buffer, _encoding, done): void {
      chunks.push(chunk.toString());
      done();
    },
  });
  const console = Object.assign(output, { isTTY }) as unknown as NodeJS.WriteStream;
  const errorStream = { write: (line: string): void => void errors.push(line) };
  return { logger: createLogger({ runner: 'test', level, console, errorStream }), text: () => chunks.join(''), errors };
}

test('elsewhere than on a terminal each line is JSON: time, level, message, runner, host and what the line is about', () => {
  const { logger, text } = loggerOn();
  logger
    .child({ topic: 'jobs', partition: 3, offset: 7, jobId: 9223372036854775808n })
    .info({ code: 'x' }, 'completed');
  assert.match(text(), /"jobId":9223372036854775808[,}]/);
  const { time, pid: _pid, ...line } = JSON.parse(text()) as Record<string, unknown>;
  assert.deepEqual(line, {
    level: 'info',
    runner: 'test',
    host: hostname(),
    topic: 'jobs',
    partition: 3,
    offset: 7,
    jobId: 9223372036854775808,
    code: 'x',
    message: 'completed',
  });
  assert.match(String(time), /^\d{4}-\d\d-\d\dT.*Z$/);
});

test('on a terminal lines are for people', () => {
  const { logger, text } = loggerOn({ isTTY: true });
  logger.child({ jobId: 5 }).warn({ code: 'x' }, 'the command exited with 3');
  assert.throws(() => JSON.parse(text()));
  assert.match(text(), /WARN.*the command exited with 3/);
  assert.match(text(), /jobId.*5/);
  assert.ok(!text().includes(hostname()), 'a person knows where he is');
});

test('below the level nothing is written', () => {
  const { logger, text } = loggerOn({ level: 'warn' });
  logger.info('quiet');
  logger.warn('loud');
  assert.match(text(), /^[^\n]*loud[^\n]*\n$/);
});

test('lines of level error, and only those, go to the error stream as well', () => {
  const { logger, text, errors } = loggerOn();
  logger.warn('a warning');
  logger.error({ err: new Error('the cause') }, 'an error');
  assert.equal(errors.length, 1);
  assert.match(errors[0] ?? '', /"level":"error".*the cause.*"message":"an error"/);
  assert.match(text(), /a warning[^]*an error/);
});

for (const isTTY of [true, false]) {
  test(`what others say is no order to a terminal and no line of its own, ${isTTY ? 'on one' : 'elsewhere'}`, () => {
    const { logger, text, errors } = loggerOn({ isTTY });
    const orders = '\u001b[2J\u009b31m\r\n{"level":"error"}\n\u202e\u0007';
    logger.child({ jobId: orders, scenePath: orders }).error({ err: new Error(orders), code: orders }, orders);
    const shown = isTTY ? stripVTControlCharacters(text()) : text();
    assert.doesNotMatch(shown, /[^\P{Cc}\n]|[\u2028-\u202e]/u);
    assert.equal(shown.split('\n').filter((line) => line.startsWith('{"level":"error"}')).length, 0);
    assert.doesNotMatch((errors[0] ?? '').trimEnd(), /\p{Cc}/u);
  });
}
