import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommandOutput } from '../../../src/command/command-output.ts';
import { FailedError } from '../../../src/errors.ts';

test('standard output stands there as it was written, characters cut in two included', () => {
  const output = new CommandOutput();
  const bytes = Buffer.from('日本\r\n  x');
  output.addText(bytes.subarray(0, 1));
  output.addText(bytes.subarray(1));
  assert.equal(output.text(), '日本\r\n  x');
});

test('a mebibyte is kept; of more nothing is handed out, rather than a part', () => {
  const output = new CommandOutput();
  output.addText(Buffer.alloc(1_048_576, 'x'));
  assert.equal(output.text().length, 1_048_576);
  output.addText(Buffer.from('y'));
  assert.throws(
    () => output.text(),
    (error) => error instanceof FailedError && error.code === 'output-too-large' && /1048577 bytes/.test(error.message),
  );
});

test('of the lines the last twenty are kept, oldest first', () => {
  const output = new CommandOutput();
  for (let line = 1; line <= 30; line += 1) output.addLine(String(line));
  assert.deepEqual([output.tail().length, output.tail()[0], output.tail().at(-1)], [20, '11', '30']);
});
