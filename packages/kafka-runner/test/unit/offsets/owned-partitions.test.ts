import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InterruptedError } from '../../../src/errors.ts';
import { OwnedPartitions } from '../../../src/offsets/owned-partitions.ts';

const named = (partition: number, topic = 'jobs'): { topic: string; partition: number } => ({ topic, partition });

test('a partition is ours from its assignment until it is revoked', () => {
  const owned = new OwnedPartitions();
  assert.equal(owned.of(named(0)), undefined);
  owned.assign([named(0), named(1)]);
  assert.equal(owned.of(named(0))?.partition, 0);
  owned.revoke([named(0)]);
  assert.equal(owned.of(named(0)), undefined);
  assert.equal(owned.of(named(1))?.partition, 1);
});

test('a revoked partition tells its jobs that it is lost, and why; others go on', () => {
  const owned = new OwnedPartitions();
  owned.assign([named(0), named(1)]);
  const [lost, kept] = [owned.of(named(0)), owned.of(named(1))];
  owned.revoke([named(0)]);
  const reason: unknown = lost?.signal.reason;
  assert.ok(reason instanceof InterruptedError);
  assert.equal(reason.code, 'partition-lost');
  assert.match(reason.message, /jobs\/0/);
  assert.equal(kept?.signal.aborted, false);
});

test('a partition that comes back starts anew: the former one stays lost', () => {
  const owned = new OwnedPartitions();
  owned.assign([named(0)]);
  const former = owned.of(named(0));
  former?.ledger.deliver(41);
  owned.revoke([named(0)]);
  owned.assign([named(0)]);
  const present = owned.of(named(0));
  assert.notEqual(present, former);
  assert.equal(present?.ledger.position(), undefined);
  assert.deepEqual([former?.signal.aborted, present?.signal.aborted], [true, false]);
});

test('partitions of different topics are different', () => {
  const owned = new OwnedPartitions();
  owned.assign([named(0, 'a')]);
  assert.equal(owned.of(named(0, 'b')), undefined);
});

test('revoking what is not ours is no mistake', () => {
  new OwnedPartitions().revoke([named(0)]);
});
