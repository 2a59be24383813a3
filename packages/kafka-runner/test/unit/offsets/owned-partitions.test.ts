import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StartPosition } from '../../../src/broker/port.ts';
import { ConfigError, InterruptedError } from '../../../src/errors.ts';
import { closeOwnership, OwnedPartitions, type OwnedPartition } from '../../../src/offsets/owned-partitions.ts';

const named = (partition: number, topic = 'jobs'): StartPosition => ({ topic, partition, offset: 5, metadata: '' });

function ownedPartitions(...positions: StartPosition[]): OwnedPartitions {
  const partitions = new OwnedPartitions();
  for (const position of positions) partitions.assign(position);
  return partitions;
}

test('a partition is ours from its assignment until it is lost', () => {
  const owned = new OwnedPartitions();
  assert.deepEqual([owned.of(named(0)), owned.isEmpty()], [undefined, true]);
  owned.assign(named(0));
  owned.assign(named(1));
  assert.deepEqual([owned.of(named(0))?.partition, owned.isEmpty()], [0, false]);
  const lost = owned.lose([named(0), named(7)]);
  assert.deepEqual(
    lost.map(({ partition }) => partition),
    [0],
  );
  assert.equal(owned.of(named(0)), undefined);
  assert.equal(owned.of(named(1))?.partition, 1);
});

test('a lost partition tells its jobs, and why; it is closed when nothing more may be written', () => {
  const owned = ownedPartitions(named(0), named(1));
  const [lost, kept] = [owned.of(named(0)), owned.of(named(1))] as [OwnedPartition, OwnedPartition];
  owned.lose([named(0)]);
  assert.deepEqual([lost.signal.aborted, lost.closed.aborted, kept.signal.aborted], [true, false, false]);
  closeOwnership(lost);
  assert.deepEqual([lost.closed.aborted, kept.closed.aborted], [true, false]);
  for (const reason of [lost.signal.reason, lost.closed.reason] as unknown[]) {
    assert.ok(reason instanceof InterruptedError);
    assert.equal(reason.code, 'partition-lost');
    assert.match(reason.message, /jobs\/0/);
  }
});

test('a partition that comes back is a new one: the former one stays lost', () => {
  const owned = ownedPartitions(named(0));
  const former = owned.of(named(0));
  owned.lose([named(0)]);
  owned.assign(named(0));
  const present = owned.of(named(0));
  assert.notEqual(present, former);
  assert.equal(present?.ledger.position()?.offset, 5);
  assert.deepEqual([former?.signal.aborted, present?.signal.aborted], [true, false]);
});

test('an attempt that was cut off while nothing could be written does not count, if nobody has written since', () => {
  for (const [found, goesOnWith] of [
    ['v1 a0:1!', ''],
    ['v1 a0:2!', 'v1 a0:2!'],
  ] as const) {
    const owned = ownedPartitions(named(0));
    const former = owned.of(named(0)) as OwnedPartition;
    former.ledger.deliver(5);
    former.ledger.begin(5);
    former.stored = '5 v1 a0:1!';
    former.ledger.takeBack(5);
    owned.lose([named(0)]);
    owned.assign({ ...named(0), metadata: found });
    assert.deepEqual(owned.of(named(0))?.ledger.position(), { offset: 5, metadata: goesOnWith });
  }
});

test('an attempt that is still being stopped when its partition comes back does not count either', () => {
  const owned = ownedPartitions(named(0));
  const former = owned.of(named(0)) as OwnedPartition;
  former.ledger.deliver(5);
  former.ledger.begin(5);
  former.stored = '5 v1 a0:1!';
  owned.lose([named(0)]);
  owned.assign({ ...named(0), metadata: 'v1 a0:1!' });
  assert.deepEqual(owned.of(named(0))?.ledger.deliver(5), { count: 0, running: false });
});

test('partitions of different topics are different', () => {
  const owned = ownedPartitions(named(0, 'a'));
  assert.equal(owned.of(named(0, 'b')), undefined);
});

test('a partition goes on with what the group knows of it', () => {
  const owned = new OwnedPartitions();
  assert.ok(owned.assign({ ...named(0), metadata: 'v1 d1-2' }));
  const { ledger } = owned.of(named(0)) as OwnedPartition;
  assert.deepEqual(
    [5, 6, 7, 8].map((offset) => ledger.deliver(offset) !== undefined),
    [true, false, false, true],
  );
});

test('a group that has no position yet, or one that another tool has set', () => {
  const owned = new OwnedPartitions();
  assert.ok(owned.assign({ ...named(0), offset: undefined }));
  assert.equal(owned.of(named(0))?.ledger.position(), undefined);
  assert.equal(owned.assign({ ...named(1), metadata: 'reset by hand' }), false);
  assert.deepEqual(owned.of(named(1))?.ledger.position(), { offset: 5, metadata: '' });
});

test('what a newer worker has written is not touched', () => {
  const owned = new OwnedPartitions();
  assert.throws(() => owned.assign({ ...named(0), metadata: 'v2 d1' }), ConfigError);
  assert.equal(owned.of(named(0)), undefined);
});
