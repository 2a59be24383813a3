// Expected: a token from a file is as it stands there; one that can be guessed is refused.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { createLogger } from 'kafka-runner';
import { Token } from '../../src/token.ts';

const logger = createLogger({ runner: 'test', level: 'error' });

test('from a file', (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'token-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'token');
  writeFileSync(file, 'of at least 16\n', { mode: 0o600 });
  assert.throws(() => Token.fromFile(file, logger), /at least 16 characters without blanks/);
  writeFileSync(file, 'short', { mode: 0o600 });
  assert.throws(() => Token.fromFile(file, logger), /at least 16/);
  writeFileSync(file, '0123456789abcdef\n', { mode: 0o600 });
  assert.ok(Token.fromFile(file, logger).isIn('Bearer 0123456789abcdef'));
  assert.throws(() => Token.fromFile(`${file}.gone`, logger), /ENOENT/);
});

test('a new one each time', () => {
  assert.notEqual(new Token().text, new Token().text);
  assert.ok(new Token().text.length >= 32);
});
