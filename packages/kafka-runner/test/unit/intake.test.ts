import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConsumedRecord } from '../../src/broker/port.ts';
import { Intake } from '../../src/intake.ts';
import { aRecord } from './a-record.ts';

/** An intake of 4 records or 1000 bytes, and what it asked of its source. */
function newIntake(): { intake: Intake; asked: string[] } {
  const asked: string[] = [];
  const intake = new Intake({
    highRecords: 4,
    highBytes: 1_000,
    pause: () => asked.push('pause'),
    resume: () => asked.push('resume'),
  });
  return { intake, asked };
}

const record = (offset: number, bytes = 1, partition = 0): ConsumedRecord =>
  aRecord({ offset, partition, value: Buffer.alloc(bytes) });

test('records come out in the order in which they came in', async () => {
  const { intake } = newIntake();
  intake.offer(record(1));
  intake.offer(record(2));
  assert.deepEqual([(await intake.take())?.offset, (await intake.take())?.offset], [1, 2]);
});

test('those who wait are served in their order as records come', async () => {
  const { intake } = newIntake();
  const waiting = [intake.take(), intake.take()];
  intake.offer(record(1));
  intake.offer(record(2));
  assert.deepEqual(
    (await Promise.all(waiting)).map((taken) => taken?.offset),
    [1, 2],
  );
});

test('the source pauses at the high mark and resumes at a quarter of it, each once', async () => {
  const { intake, asked } = newIntake();
  for (const offset of [1, 2, 3]) intake.offer(record(offset));
  assert.deepEqual(asked, []);
  for (const offset of [4, 5, 6]) intake.offer(record(offset));
  assert.deepEqual(asked, ['pause'], 'what arrives after the pause is taken, and is no reason to ask again');
  for (let left = 6; left > 2; left -= 1) await intake.take();
  assert.deepEqual(asked, ['pause']);
  await intake.take();
  assert.deepEqual(asked, ['pause', 'resume']);
});

test('bytes count as well as records', async () => {
  const { intake, asked } = newIntake();
  intake.offer(record(1, 999));
  assert.deepEqual(asked, []);
  intake.offer(record(2, 1));
  assert.deepEqual(asked, ['pause']);
  await intake.take();
  assert.deepEqual(asked, ['pause', 'resume']);
});

test('a record handed to somebody who waits does not fill the buffer', () => {
  const { intake, asked } = newIntake();
  void intake.take();
  intake.offer(record(1, 5_000));
  assert.deepEqual(asked, []);
});

test('a record without a value takes no room', async () => {
  const { intake } = newIntake();
  intake.offer(aRecord({ value: null }));
  assert.equal((await intake.take())?.value, null);
});

test('dropping forgets the records of these partitions only, and makes room', async () => {
  const { intake, asked } = newIntake();
  for (const offset of [1, 2, 3]) intake.offer(record(offset, 1, 0));
  intake.offer(record(9, 1, 1));
  assert.deepEqual(asked, ['pause']);
  intake.drop([
    { topic: 'jobs', partition: 0 },
    { topic: 'other', partition: 1 },
  ]);
  assert.deepEqual(asked, ['pause', 'resume']);
  assert.equal((await intake.take())?.offset, 9);
});

test('after a drop the room is that of what is left', async () => {
  const { intake, asked } = newIntake();
  intake.offer(record(1, 600, 0));
  intake.offer(record(2, 200, 1));
  intake.drop([{ topic: 'jobs', partition: 0 }]);
  intake.offer(record(3, 700, 1));
  assert.deepEqual(asked, [], '900 bytes');
  intake.offer(record(4, 100, 1));
  assert.deepEqual(asked, ['pause'], '1000 bytes');
});

test('closed: everybody gets undefined, what has arrived is forgotten, and so is what still comes', async () => {
  const { intake } = newIntake();
  const waiting = intake.take();
  intake.close();
  intake.offer(record(2));
  assert.deepEqual(await Promise.all([waiting, intake.take()]), [undefined, undefined]);

  const { intake: full } = newIntake();
  full.offer(record(1));
  full.close();
  assert.equal(await full.take(), undefined);
});
