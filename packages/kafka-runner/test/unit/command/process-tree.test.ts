import assert from 'node:assert/strict';
import { test } from 'node:test';
import { oldestPossible } from '../../../src/command/process-tree.ts';

test('what a command starts has a higher number than the command, while numbers cannot have begun again', () => {
  assert.equal(oldestPossible({ pid: 1_000, startedMs: 50 }, 60, 32_768), 1_000);
});

test('once numbers may have begun again, every process comes into question', () => {
  assert.equal(oldestPossible({ pid: 32_000, startedMs: 50 }, 51, 32_768), 0);
  assert.equal(oldestPossible({ pid: 1_000, startedMs: 50 }, 5_000, 32_768), 0);
  assert.equal(oldestPossible({ pid: 1_000, startedMs: 50 }, 4_300, 4_194_304), 0);
});
