import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Intake, type Arrival, type Gate } from '../../src/intake.ts';
import { anArrival } from './an-arrival.ts';
import { aRecord } from './a-record.ts';

const open: Gate = { judge: () => 'now', enter: () => {} };

/** An intake of 4 records or 1000 bytes, and what it asked of its source. */
function newIntake(gate = open): { intake: Intake; asked: string[] } {
  const asked: string[] = [];
  const pause = (): void => void asked.push('pause');
  const resume = (): void => void asked.push('resume');
  return { intake: new Intake({ highRecords: 4, highBytes: 1_000, pause, resume }, gate), asked };
}

const arrival = (offset: number, bytes = 1, partition = 0): Arrival => anArrival({ offset, bytes, partition });

test('records come out in the order in which they came in', async () => {
  const { intake } = newIntake();
  intake.offer(arrival(1));
  intake.offer(arrival(2));
  assert.deepEqual([(await intake.take())?.record.offset, (await intake.take())?.record.offset], [1, 2]);
});

test('those who wait are served in their order as records come', async () => {
  const { intake } = newIntake();
  const waiting = [intake.take(), intake.take()];
  intake.offer(arrival(1));
  intake.offer(arrival(2));
  assert.deepEqual(
    (await Promise.all(waiting)).map((taken) => taken?.record.offset),
    [1, 2],
  );
});

test('the source pauses at the high mark and resumes at a quarter of it, each once', async () => {
  const { intake, asked } = newIntake();
  for (const offset of [1, 2, 3]) intake.offer(arrival(offset));
  assert.deepEqual(asked, []);
  for (const offset of [4, 5, 6]) intake.offer(arrival(offset));
  assert.deepEqual(asked, ['pause'], 'what arrives after the pause is taken, and is no reason to ask again');
  for (let left = 6; left > 2; left -= 1) await intake.take();
  assert.deepEqual(asked, ['pause']);
  await intake.take();
  assert.deepEqual(asked, ['pause', 'resume']);
});

test('bytes count as well as records', async () => {
  const { intake, asked } = newIntake();
  intake.offer(arrival(1, 999));
  assert.deepEqual(asked, []);
  intake.offer(arrival(2, 1));
  assert.deepEqual(asked, ['pause']);
  await intake.take();
  assert.deepEqual(asked, ['pause', 'resume']);
});

test('a record handed to somebody who waits does not fill the buffer', () => {
  const { intake, asked } = newIntake();
  void intake.take();
  intake.offer(arrival(1, 5_000));
  assert.deepEqual(asked, []);
});

test('a record without a value takes no room', async () => {
  const { intake } = newIntake();
  intake.offer(anArrival({ record: aRecord({ value: null }) }));
  assert.equal((await intake.take())?.record.value, null);
});

test('dropping forgets the records of these partitions only, and makes room', async () => {
  const { intake, asked } = newIntake();
  for (const offset of [1, 2, 3]) intake.offer(arrival(offset, 1, 0));
  intake.offer(arrival(9, 1, 1));
  assert.deepEqual(asked, ['pause']);
  intake.drop([
    { topic: 'jobs', partition: 0 },
    { topic: 'other', partition: 1 },
  ]);
  assert.deepEqual(asked, ['pause', 'resume']);
  assert.equal((await intake.take())?.record.offset, 9);
});

test('after a drop the room is that of what is left', async () => {
  const { intake, asked } = newIntake();
  intake.offer(arrival(1, 600, 0));
  intake.offer(arrival(2, 200, 1));
  intake.drop([{ topic: 'jobs', partition: 0 }]);
  intake.offer(arrival(3, 700, 1));
  assert.deepEqual(asked, [], '900 bytes');
  intake.offer(arrival(4, 100, 1));
  assert.deepEqual(asked, ['pause'], '1000 bytes');
});

test('closed: everybody gets undefined, what has arrived is forgotten, and so is what still comes', async () => {
  const { intake } = newIntake();
  const waiting = intake.take();
  intake.close();
  intake.offer(arrival(2));
  assert.deepEqual(await Promise.all([waiting, intake.take()]), [undefined, undefined]);

  const { intake: full } = newIntake();
  full.offer(arrival(1));
  full.close();
  assert.equal(await full.take(), undefined);
});

test('somebody else may pass what has to wait for its time, and nobody what everybody has to wait for', () => {
  const verdicts = new Map<number, 'now' | 'later' | 'wait'>([[1, 'later']]);
  const entered: number[] = [];
  const { intake } = newIntake({
    judge: ({ record }) => verdicts.get(record.offset) ?? 'now',
    enter: ({ record }) => entered.push(record.offset),
  });
  for (const offset of [1, 2, 3, 4]) intake.offer(arrival(offset));
  assert.equal(intake.takeNow()?.record.offset, 2);
  verdicts.set(3, 'wait');
  assert.equal(intake.takeNow(), undefined);
  verdicts.clear();
  assert.deepEqual(
    [intake.takeNow(), intake.takeNow()].map((taken) => taken?.record.offset),
    [1, 3],
  );
  assert.deepEqual(entered, [2, 1, 3]);
});

test('those who wait are served when the gate opens, as far as it does', async () => {
  let places = 0;
  const { intake } = newIntake({ judge: () => (places > 0 ? 'now' : 'wait'), enter: () => (places -= 1) });
  const taken: (number | undefined)[] = [];
  for (const _ of [1, 2]) void intake.take().then((next) => taken.push(next?.record.offset));
  for (const offset of [1, 2]) intake.offer(arrival(offset));
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(taken, []);
  places = 1;
  intake.recheck();
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(taken, [1]);
});

test('what comes back for another attempt is before what has not begun yet', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { intake } = newIntake();
  const again = arrival(1);
  intake.offerAfter(1_000, again.record, () => again);
  intake.offer(arrival(2));
  intake.offer(arrival(3));
  assert.equal(intake.takeNow()?.record.offset, 2, 'until then it holds nobody back');
  t.mock.timers.tick(1_000);
  assert.equal(intake.takeNow()?.record.offset, 1);
});

test('what waits for another attempt counts by its bytes, and not as a record', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { intake, asked } = newIntake();
  for (const offset of [1, 2, 3, 4, 5]) intake.offerAfter(1_000, arrival(offset).record, () => arrival(offset));
  assert.deepEqual(asked, []);
  intake.offerAfter(1_000, arrival(6, 995).record, () => undefined);
  assert.deepEqual(asked, ['pause']);
  t.mock.timers.tick(1_000);
  for (let left = 5; left > 0; left -= 1) intake.takeNow();
  assert.deepEqual(asked, ['pause', 'resume'], 'it is ours no more: its bytes are forgotten');
});

test('a partition that is dropped, and an intake that is closed, forget what waits for another attempt', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { intake } = newIntake();
  const never = (): never => assert.fail('it came back');
  intake.offerAfter(1_000, arrival(1, 1, 0).record, never);
  intake.offerAfter(1_000, arrival(2, 1, 1).record, never);
  intake.drop([{ topic: 'jobs', partition: 0 }]);
  assert.deepEqual(
    intake.records.map(({ offset }) => offset),
    [2],
  );
  assert.equal(intake.close(), 1);
  t.mock.timers.tick(1_000);
});

test('what is wanted is taken out, whether it waits for a slot or for another attempt', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { intake, asked } = newIntake();
  const resting = arrival(1);
  intake.offerAfter(1_000, resting.record, () => resting);
  intake.offerAfter(1_000, arrival(9).record, () => undefined);
  for (const offset of [2, 3, 4, 5]) intake.offer(arrival(offset));
  const removed = intake.remove(({ record }) => record.offset !== 3);
  assert.deepEqual(
    removed.map(({ record }) => record.offset),
    [2, 4, 5, 1],
  );
  assert.deepEqual(asked, ['pause', 'resume']);
  t.mock.timers.tick(1_000);
  assert.deepEqual([intake.takeNow()?.record.offset, intake.takeNow()], [3, undefined]);
});
