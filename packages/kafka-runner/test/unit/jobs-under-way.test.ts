import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Arrival } from '../../src/intake.ts';
import { JobsUnderWay } from '../../src/jobs-under-way.ts';
import { aPartition } from './a-partition.ts';
import { anArrival } from './an-arrival.ts';

const [first, second] = [anArrival({ offset: 0 }), anArrival({ offset: 1 })];
const alone = anArrival({ offset: 2, alone: true });

function underWay(...arrivals: Arrival[]): JobsUnderWay {
  const jobs = new JobsUnderWay(3, () => {});
  for (const arrival of arrivals) jobs.enter(arrival);
  return jobs;
}

test('jobs join each other', () => {
  assert.equal(underWay().judge(first), 'now');
  assert.equal(underWay(first).judge(second), 'now');
});

test('a job over which a worker died runs alone: it waits for the others, and they for it', () => {
  assert.equal(underWay().judge(alone), 'now');
  assert.equal(underWay(first).judge(alone), 'wait');
  const jobs = underWay(alone);
  assert.equal(jobs.judge(first), 'wait');
  jobs.leave(alone);
  assert.equal(jobs.judge(first), 'now');
});

test('a job of a partition that was lost and came back waits for its former attempt; others pass it', () => {
  const jobs = underWay(first);
  const again = anArrival({ offset: 0, owned: aPartition().owned });
  assert.equal(jobs.judge(again), 'later');
  assert.equal(jobs.judge(anArrival({ offset: 0, partition: 1 })), 'now');
  jobs.leave(first);
  assert.equal(jobs.judge(again), 'now');
});

test('a job for whose attempts the position has no room waits, unless it is the lowest; others pass it', () => {
  const { owned } = aPartition();
  const { ledger } = owned;
  for (let offset = 0; offset < 3_000; offset += 1) ledger.deliver(offset);
  for (let offset = 1; offset < 3_000; offset += 2) if (ledger.hasRoomFor(offset)) ledger.finish(offset);
  assert.equal(underWay().judge(anArrival({ offset: 2, owned })), 'later');
  assert.equal(underWay().judge(anArrival({ offset: 0, owned })), 'now');
  assert.equal(underWay().judge(anArrival({ offset: 2, partition: 1, owned: aPartition().owned })), 'now');
});

test('whoever leaves lets others be looked at again', () => {
  let looks = 0;
  const jobs = new JobsUnderWay(3, () => (looks += 1));
  jobs.enter(first);
  assert.equal(looks, 0);
  jobs.leave(first);
  assert.equal(looks, 1);
});

test('waits until no job of an ownership is under way, whatever others do', async () => {
  const { owned } = aPartition({ partition: 1 });
  for (const offset of [0, 1]) owned.ledger.deliver(offset);
  const [mine, mineToo] = [
    anArrival({ offset: 0, partition: 1, owned }),
    anArrival({ offset: 1, partition: 1, owned }),
  ];
  const jobs = underWay(first, mine, mineToo);
  let over = false;
  const none = jobs.none(owned).then(() => (over = true));
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  for (const arrival of [first, mine]) {
    jobs.leave(arrival);
    await turn();
    assert.equal(over, false);
  }
  jobs.leave(mineToo);
  await none;
  await jobs.none(owned);
});
