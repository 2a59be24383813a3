import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WorkerHealth } from '../../../src/metrics/worker-health.ts';

test('ready only while it takes jobs, and it says why not', () => {
  const health = new WorkerHealth({ isStalled: () => false, maxSilentMs: 1 });
  const said = (): unknown[] => [health.ready().isGood, health.ready().status];
  assert.deepEqual(said(), [false, 'starting']);
  for (const stage of ['connecting', 'joining', 'ready', 'joining', 'ready'] as const) {
    health.enter(stage);
    assert.deepEqual(said(), [stage === 'ready', stage]);
    assert.notEqual(health.ready().reason, '');
  }
  health.enter('draining');
  // Partitions that are given meanwhile change nothing.
  health.enter('ready');
  assert.deepEqual(said(), [false, 'draining']);
});

test('not ready while it is paused', () => {
  let isPaused = true;
  const health = new WorkerHealth({ isStalled: () => false, maxSilentMs: 1, isPaused: () => isPaused });
  health.enter('ready');
  assert.deepEqual([health.ready().isGood, health.ready().status], [false, 'paused']);
  isPaused = false;
  assert.equal(health.ready().isGood, true);
});

test('alive, unless it has stalled or its client is not polled', () => {
  let [isStalled, silentMs] = [false, 0];
  const health = new WorkerHealth({ isStalled: () => isStalled, maxSilentMs: 30_000 });
  assert.deepEqual([health.alive().isGood, health.alive().status], [true, 'alive']);
  health.watch(() => silentMs);
  silentMs = 29_000;
  assert.equal(health.alive().isGood, true);
  silentMs = 31_000;
  assert.deepEqual([health.alive().isGood, health.alive().status], [false, 'silent']);
  silentMs = 0;
  isStalled = true;
  assert.deepEqual([health.alive().isGood, health.alive().status], [false, 'stalled']);
});
