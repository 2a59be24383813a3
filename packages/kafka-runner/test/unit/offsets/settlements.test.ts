import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Commit, ProducedRecord } from '../../../src/broker/port.ts';
import { FailedError, InterruptedError, UnavailableError } from '../../../src/errors.ts';
import type { OwnedPartition } from '../../../src/offsets/owned-partitions.ts';
import { Settlements } from '../../../src/offsets/settlements.ts';
import { aPartition } from '../a-partition.ts';
import { RecordingCommitter } from '../recording-committer.ts';
import { recordingLogger } from '../recording-logger.ts';

const away = new UnavailableError('broker-unreachable', 'away');
const tooLarge = new FailedError('record-too-large', 'too large');
const record = (value: number): ProducedRecord => ({ topic: 'out', value: String(value) });

/** A queue with its committer, and partitions with jobs 0 to 9 under way. */
function newSettlements(): { settlements: Settlements; committer: RecordingCommitter } {
  const committer = new RecordingCommitter();
  return { settlements: new Settlements(committer, recordingLogger().logger), committer };
}

function busyPartition(partition = 0): ReturnType<typeof aPartition> {
  const taken = aPartition({ partition });
  for (let offset = 0; offset < 10; offset += 1) taken.owned.ledger.deliver(offset);
  return taken;
}

/** Lets commits wait until the test lets them go. */
function slow(committer: RecordingCommitter): { go: () => void; asked: Commit[] } {
  const asked: Commit[] = [];
  const waiting: (() => void)[] = [];
  committer.answer = async (commit) => {
    asked.push(commit);
    await new Promise<void>((resolve) => waiting.push(resolve));
  };
  return { asked, go: () => waiting.shift()?.() };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const offsetOf = ({ ledger }: OwnedPartition): number | undefined => ledger.position()?.offset;

test('what waits shares a commit: records and one position for each partition', async () => {
  const { settlements, committer } = newSettlements();
  const [{ owned: a }, { owned: b }] = [busyPartition(0), busyPartition(1)];
  await Promise.all([
    settlements.settle({ owned: a, finished: 0, record: record(10) }),
    settlements.settle({ owned: b, finished: 0, record: record(20) }),
    settlements.settle({ owned: a, finished: 1 }),
  ]);
  assert.deepEqual(committer.story, ['out 10 + out 20 + jobs/0@2 + jobs/1@1']);
  assert.deepEqual([offsetOf(a), offsetOf(b)], [2, 1]);
});

test('a position knows whether a record of the commit belongs to it', async () => {
  const { settlements, committer } = newSettlements();
  const [{ owned: a }, { owned: b }] = [busyPartition(0), busyPartition(1)];
  await Promise.all([
    settlements.settle({ owned: a, finished: 0, record: record(10) }),
    settlements.settle({ owned: b, finished: 0 }),
  ]);
  assert.deepEqual(
    committer.commits[0]?.positions.map(({ carriesRecord }) => carriesRecord),
    [true, false],
  );
});

test('one commit after the other, each composed when its turn comes', async () => {
  const { settlements, committer } = newSettlements();
  const { asked, go } = slow(committer);
  const { owned } = busyPartition();
  const first = settlements.settle({ owned, finished: 1 });
  await turn();
  const second = settlements.settle({ owned, finished: 0 });
  owned.ledger.begin(2);
  await turn();
  assert.equal(asked.length, 1);
  go();
  await first;
  await turn();
  // It says the begin of 2 as well, which came after it was asked for.
  const { offset, metadata } = asked[1]?.positions[0] ?? assert.fail();
  assert.deepEqual({ ...aPartition({ offset, metadata }).owned.ledger.deliver(2) }, { count: 1, running: true });
  go();
  await second;
  assert.deepEqual(committer.story, ['jobs/0@0', 'jobs/0@2']);
});

test('the ledger moves when it is stored, not before', async () => {
  const { settlements, committer } = newSettlements();
  const { go } = slow(committer);
  const { owned } = busyPartition();
  const settled = settlements.settle({ owned, finished: 0, record: record(1) });
  await turn();
  assert.equal(offsetOf(owned), 0);
  go();
  await settled;
  assert.equal(offsetOf(owned), 1);
});

test('a position that did not move is not written again', async () => {
  const { settlements, committer } = newSettlements();
  const { owned } = busyPartition();
  owned.ledger.begin(0);
  await settlements.settle({ owned });
  await settlements.settle({ owned });
  owned.ledger.takeBack(0);
  await settlements.settle({ owned });
  assert.deepEqual(committer.story, ['jobs/0@0', 'jobs/0@0']);
  assert.notEqual(committer.positions[0]?.metadata, committer.positions[1]?.metadata);
});

test('a refused record moves nothing of its own settlement, and holds up nobody', async () => {
  const { settlements, committer } = newSettlements();
  const { owned } = busyPartition();
  committer.answer = ({ records }) => {
    if (records.some(({ value }) => value === '13')) throw tooLarge;
  };
  const [before, refused, after] = await Promise.allSettled([
    settlements.settle({ owned, finished: 0, record: record(10) }),
    settlements.settle({ owned, finished: 1, record: record(13) }),
    settlements.settle({ owned, finished: 2, record: record(12) }),
  ]);
  assert.deepEqual([before.status, refused.status, after.status], ['fulfilled', 'rejected', 'fulfilled']);
  assert.equal((refused as PromiseRejectedResult).reason, tooLarge);
  assert.deepEqual(committer.story, ['out 10 + jobs/0@1', 'out 12 + jobs/0@1']);
  await settlements.settle({ owned, finished: 1, record: record(11) });
  assert.equal(committer.story.at(-1), 'out 11 + jobs/0@3');
});

test('a broker that is away is asked again, with what is to be said then', { timeout: 10_000 }, async () => {
  const { settlements, committer } = newSettlements();
  const { owned } = busyPartition();
  const asked: Commit[] = [];
  committer.answer = (commit) => {
    if (asked.push(commit) > 1) return;
    owned.ledger.begin(5);
    throw away;
  };
  await settlements.settle({ owned, finished: 0, record: record(10) });
  assert.deepEqual(committer.story, ['out 10 + jobs/0@1']);
  assert.notEqual(asked[0]?.positions[0]?.metadata, asked[1]?.positions[0]?.metadata);
  assert.equal(offsetOf(owned), 1);
});

test('nothing is written for a partition that is ours no more; others go on', async () => {
  const { settlements, committer } = newSettlements();
  const [gone, kept] = [busyPartition(0), busyPartition(1)];
  const lost = settlements.settle({ owned: gone.owned, finished: 0, record: record(1) });
  const written = settlements.settle({ owned: kept.owned, finished: 0, record: record(2) });
  gone.lose();
  gone.close();
  await assert.rejects(lost, { code: 'partition-lost' });
  await written;
  assert.deepEqual(committer.story, ['out 2 + jobs/1@1']);
  assert.equal(offsetOf(gone.owned), 0);
});

test('lost and not closed yet: last words are written', async () => {
  const { settlements, committer } = newSettlements();
  const { owned, lose } = busyPartition();
  lose();
  await settlements.settle({ owned, finished: 0, record: record(1) });
  assert.deepEqual(committer.story, ['out 1 + jobs/0@1']);
});

test(
  'taken away while a commit is prepared: the guard says so, and what is left is committed',
  { timeout: 10_000 },
  async () => {
    const { settlements, committer } = newSettlements();
    const [gone, kept] = [busyPartition(0), busyPartition(1)];
    const guards: boolean[] = [];
    committer.answer = ({ guard }) => {
      if (guards.length === 0) gone.close();
      guards.push(guard());
      if (!guard()) throw away;
    };
    const lost = settlements.settle({ owned: gone.owned, finished: 0, record: record(1) });
    const written = settlements.settle({ owned: kept.owned, finished: 0, record: record(2) });
    await assert.rejects(lost, { code: 'partition-lost' });
    await written;
    assert.deepEqual([guards, committer.story], [[false, true], ['out 2 + jobs/1@1']]);
  },
);

test('given up: nobody waits any longer, and nothing more is written', async () => {
  const { settlements, committer } = newSettlements();
  const { go, asked } = slow(committer);
  const { owned } = busyPartition();
  const reason = new InterruptedError('shutdown', 'stopped');
  const unanswered = settlements.settle({ owned, finished: 0 });
  await turn();
  const waiting = settlements.settle({ owned, finished: 1 });
  settlements.giveUp(reason);
  await assert.rejects(unanswered, reason);
  await assert.rejects(waiting, reason);
  go();
  await turn();
  await assert.rejects(settlements.settle({ owned, finished: 2 }), reason);
  assert.equal(asked.length, 1);
});

test('a bug rejects what it was about, and the queue goes on', async () => {
  const { settlements, committer } = newSettlements();
  const { owned } = busyPartition();
  committer.answer = () => {
    throw new TypeError('a bug');
  };
  await assert.rejects(settlements.settle({ owned, finished: 0 }), /a bug/);
  committer.answer = () => {};
  await settlements.settle({ owned, finished: 1 });
  assert.deepEqual(committer.story, ['jobs/0@0']);
});
