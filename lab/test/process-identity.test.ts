import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { processStart } from '../../packages/kafka-runner/src/worker-identity.ts';
import { isAlive, ownIdentity } from '../process-identity.ts';

test('this process is alive, under its own start time only', () => {
  assert.equal(isAlive(process.pid), true);
  assert.equal(isAlive(process.pid, processStart(process.pid)), true);
  assert.equal(isAlive(process.pid, '1'), false);
  assert.equal(ownIdentity(), `${process.pid}-${processStart(process.pid)}`);
});

test('a process that has ended is not', () => {
  const { pid } = spawnSync('true');
  assert.equal(isAlive(pid), false);
});
