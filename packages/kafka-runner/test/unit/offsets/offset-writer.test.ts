import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Position } from '../../../src/broker/port.ts';
import { InterruptedError, UnavailableError } from '../../../src/errors.ts';
import { OffsetWriter } from '../../../src/offsets/offset-writer.ts';
import { OwnedPartitions, type OwnedPartition } from '../../../src/offsets/owned-partitions.ts';
import { recordingLogger } from '../recording-logger.ts';

const { logger } = recordingLogger();
const never = new AbortController().signal;
const partition = { topic: 'jobs', partition: 0 };

function ownedPartition(): { owned: OwnedPartition; revoke: () => void } {
  const partitions = new OwnedPartitions();
  partitions.assign([partition]);
  return { owned: partitions.of(partition) as OwnedPartition, revoke: () => partitions.revoke([partition]) };
}

/** A group that stores a position when it is told to answer. */
class SlowGroup {
  readonly asked: Position[] = [];
  readonly #answers: PromiseWithResolvers<void>[] = [];

  async commit(position: Position): Promise<void> {
    this.asked.push(position);
    const answer = Promise.withResolvers<void>();
    this.#answers.push(answer);
    await answer.promise;
  }

  get offsets(): number[] {
    return this.asked.map(({ offset }) => offset);
  }

  answer(): void {
    this.#answers.shift()?.resolve();
  }

  refuse(error: Error): void {
    this.#answers.shift()?.reject(error);
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('writes what is finished, and is done when the group has stored it', async () => {
  const group = new SlowGroup();
  const { owned } = ownedPartition();
  owned.ledger.deliver(4);
  owned.ledger.finish(4);
  let done = false;
  const written = new OffsetWriter(group, logger).write(owned, never).then(() => (done = true));
  await turn();
  assert.deepEqual([group.asked, done], [[{ topic: 'jobs', partition: 0, offset: 5 }], false]);
  group.answer();
  await written;
});

test('one at a time, each composed when its turn comes, and none twice', async () => {
  const group = new SlowGroup();
  const { owned } = ownedPartition();
  const writer = new OffsetWriter(group, logger);
  const finish = (offset: number): Promise<void> => {
    owned.ledger.finish(offset);
    return writer.write(owned, never);
  };
  for (const offset of [4, 5, 6]) owned.ledger.deliver(offset);
  const writes = [finish(4), finish(5), finish(6)];
  await turn();
  // None was composed at the moment of its call: the first finds all three finished.
  assert.deepEqual(group.offsets, [7]);
  group.answer();
  await Promise.all(writes);
  assert.deepEqual(group.offsets, [7]);
});

test('what is finished while a write is under way is written after it, never before', async () => {
  const group = new SlowGroup();
  const { owned } = ownedPartition();
  const writer = new OffsetWriter(group, logger);
  owned.ledger.deliver(4);
  owned.ledger.deliver(5);
  owned.ledger.finish(4);
  const first = writer.write(owned, never);
  await turn();
  owned.ledger.finish(5);
  const second = writer.write(owned, never);
  await turn();
  assert.deepEqual(group.offsets, [5]);
  group.answer();
  await first;
  await turn();
  assert.deepEqual(group.offsets, [5, 6]);
  group.answer();
  await second;
});

test('a position that did not move is not written again', async () => {
  const group = new SlowGroup();
  const { owned } = ownedPartition();
  const writer = new OffsetWriter(group, logger);
  for (const offset of [4, 5, 6]) owned.ledger.deliver(offset);
  owned.ledger.finish(5);
  const first = writer.write(owned, never);
  await turn();
  group.answer();
  await first;
  owned.ledger.finish(6);
  await writer.write(owned, never);
  assert.deepEqual(group.offsets, [4]);
});

test('a group that is away is asked again until it answers', async () => {
  const group = new SlowGroup();
  const { owned } = ownedPartition();
  owned.ledger.deliver(4);
  owned.ledger.finish(4);
  const written = new OffsetWriter(group, logger).write(owned, never);
  await turn();
  group.refuse(new UnavailableError('broker-unreachable', 'away'));
  while (group.offsets.length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
  group.answer();
  await written;
  assert.deepEqual(group.offsets, [5, 5]);
});

test('a group that went on without us is not asked again, and the next write has its turn', async () => {
  const group = new SlowGroup();
  const writer = new OffsetWriter(group, logger);
  const [fenced, other] = [ownedPartition().owned, ownedPartition().owned];
  for (const { ledger } of [fenced, other]) {
    ledger.deliver(4);
    ledger.finish(4);
  }
  const refused = writer.write(fenced, never);
  const written = writer.write(other, never);
  await turn();
  group.refuse(new InterruptedError('partition-lost', 'fenced'));
  await assert.rejects(refused, { code: 'partition-lost' });
  await turn();
  group.answer();
  await written;
});

test('a write stops waiting when its job has to stop, and does not hold up the next', { timeout: 10_000 }, async () => {
  const group = new SlowGroup();
  const writer = new OffsetWriter(group, logger);
  const { owned } = ownedPartition();
  owned.ledger.deliver(4);
  owned.ledger.finish(4);
  const shutdown = new AbortController();
  const unanswered = writer.write(owned, shutdown.signal);
  await turn();
  shutdown.abort(new InterruptedError('shutdown', 'stopped'));
  await assert.rejects(unanswered, { code: 'shutdown' });
  const next = writer.write(owned, never);
  await turn();
  group.answer();
  group.answer();
  await next;
  assert.deepEqual(group.offsets, [5, 5]);
});

test('nothing is written for a partition that was lost meanwhile', async () => {
  const group = new SlowGroup();
  const { owned, revoke } = ownedPartition();
  owned.ledger.deliver(4);
  owned.ledger.finish(4);
  const written = new OffsetWriter(group, logger).write(owned, owned.signal);
  revoke();
  await assert.rejects(written, { code: 'partition-lost' });
  assert.deepEqual(group.asked, []);
});
