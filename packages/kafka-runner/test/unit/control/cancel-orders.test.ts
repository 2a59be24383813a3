import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CancelOrders } from '../../../src/control/cancel-orders.ts';
import type { CancelOrder, CancelPlace } from '../../../src/control/order.ts';
import { aRecord } from '../a-record.ts';

const place = { topic: 'jobs', partition: 0, offset: 7 };
const byPlace: CancelPlace = { order: 'cancel', ...place, time: 1_000, reason: 'why' };
const byId = (jobId: string, time = 1_000): CancelOrder => ({ order: 'cancel', jobId, time });
const sentAt = (timestampMs: number | undefined, offset = 3) => aRecord({ offset, timestampMs });

function ordersOf(...orders: CancelOrder[]): CancelOrders {
  const all = new CancelOrders();
  for (const order of orders) all.add(order);
  return all;
}

test('by place: that job, whenever it was sent, and no other', () => {
  const orders = ordersOf(byPlace);
  const unread = (): never => assert.fail('its fields are of no concern');
  assert.equal(orders.find(aRecord({ ...place, timestampMs: 5_000 }), unread)?.reason, 'why');
  for (const other of [{ offset: 8 }, { partition: 1 }, { topic: 'other' }])
    assert.equal(orders.find(aRecord({ ...place, ...other }), unread), undefined);
});

test('by id: all jobs of it that were sent until then', () => {
  const orders = ordersOf(byId('42'));
  for (const jobId of [42, '42', 42n]) assert.ok(orders.find(sentAt(1_000), () => ({ jobId })));
  assert.ok(
    orders.find(sentAt(undefined), () => ({ jobId: 42 })),
    'nobody knows when it was sent',
  );
  assert.equal(
    orders.find(sentAt(1_001), () => ({ jobId: 42 })),
    undefined,
    'sent again',
  );
  assert.equal(
    orders.find(sentAt(0), () => ({ jobId: 4 })),
    undefined,
  );
});

test('a job without an id is not called undefined', () => {
  assert.equal(
    ordersOf(byId('undefined')).find(sentAt(0), () => ({})),
    undefined,
  );
});

test('of two orders about an id the later one holds, however they arrive', () => {
  for (const times of [
    [1_000, 3_000],
    [3_000, 1_000],
  ]) {
    const orders = ordersOf(...times.map((time) => byId('42', time)));
    assert.ok(orders.find(sentAt(2_000), () => ({ jobId: 42 })));
  }
});

test('the oldest are forgotten when there are too many, and a long reason is cut', () => {
  const orders = new CancelOrders(2);
  for (const offset of [1, 2, 3]) orders.add({ ...byPlace, offset, reason: 'x'.repeat(1_000) });
  const reasonOf = (offset: number): string | undefined => orders.find(sentAt(0, offset), () => ({}))?.reason;
  assert.deepEqual([reasonOf(1), reasonOf(2)?.length, reasonOf(3)?.length], [undefined, 200, 200]);
  assert.equal(orders.forgotten, 1);
  orders.add({ ...byPlace, offset: 3 });
  assert.equal(orders.forgotten, 1, 'one that is repeated is no other');
});
