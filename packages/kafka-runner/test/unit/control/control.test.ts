import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WorkerOrder } from '../../../src/control/order.ts';
import { aControl } from '../a-control.ts';

const started = Date.parse('2023-11-14T20:00:00Z');
const to = (order: WorkerOrder['order'], different: Partial<WorkerOrder> = {}): WorkerOrder => {
  return { order, worker: 'host-1', time: started + 1, ...different };
};

/** What a worker does about new jobs, after each order. */
function after(...orders: WorkerOrder[]): { taking: string[]; told: string[] } {
  const control = aControl();
  const told: string[] = [];
  control.on('taking', (taking) => told.push(taking));
  const taking = orders.map((order) => {
    control.obey(order);
    return control.taking;
  });
  return { taking, told };
}

test('pause, resume, drain; each change is told once', () => {
  const orders = (['pause', 'pause', 'resume', 'drain'] as const).map((order) => to(order));
  assert.deepEqual(after(...orders), {
    taking: ['paused', 'paused', 'running', 'draining'],
    told: ['paused', 'running', 'draining'],
  });
});

test('who is drained takes no jobs any more', () => {
  assert.deepEqual(after(to('drain'), to('resume'), to('pause')).told, ['draining']);
});

test('orders to others, and to an earlier worker of the same name, are not heard', () => {
  assert.deepEqual(after(to('drain', { worker: 'host-2' }), to('pause', { time: started - 1 })).told, []);
});
