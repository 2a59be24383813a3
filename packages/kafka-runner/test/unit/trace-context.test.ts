import assert from 'node:assert/strict';
import { test } from 'node:test';
import { traceHeaders } from '../../src/trace-context.ts';

const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const later = '01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-comes-then';

test('passed on as they are, and nothing else is', () => {
  for (const tracestate of ['rojo=00f067aa0ba902b7', 'a=1, b@c=2 ,,d/e*f_g-h=  x y', `a=${'x'.repeat(256)}`])
    assert.deepEqual(traceHeaders({ traceparent, tracestate, other: '1' }), { traceparent, tracestate });
  assert.deepEqual(traceHeaders({ traceparent }), { traceparent });
  assert.deepEqual(traceHeaders({ traceparent: later }), { traceparent: later }, 'a later version');
  assert.deepEqual(traceHeaders({ TraceParent: traceparent, TRACESTATE: 'a=1' }), { traceparent, tracestate: 'a=1' });
  assert.deepEqual(traceHeaders({}), {});
});

test('a malformed traceparent takes the tracestate along', () => {
  for (const wrong of [
    '',
    'no',
    traceparent.toUpperCase(),
    `${traceparent}-more`,
    traceparent.slice(0, -1),
    traceparent.replace('00-', 'ff-'),
    traceparent.replace('4bf92f3577b34da6a3ce929d0e0e4736', '0'.repeat(32)),
    traceparent.replace('00f067aa0ba902b7', '0'.repeat(16)),
    `01${traceparent.slice(2)}more`,
    `01${traceparent.slice(2)}-a\nb`,
    `01${traceparent.slice(2)}-${'x'.repeat(10_000)}`,
  ])
    assert.deepEqual(traceHeaders({ traceparent: wrong, tracestate: 'a=1' }), {}, wrong);
});

test('a malformed tracestate is left out alone', () => {
  const many = Array.from({ length: 33 }, (_, index) => `k${index}=1`).join();
  for (const wrong of [
    '',
    ',',
    'a',
    'A=1',
    '=1',
    'a=',
    'a=b=c',
    'a=1,b',
    'a=\u00e9',
    'a=1\n,b=\u001b[1m',
    many,
    `a=${'x'.repeat(257)}`,
  ])
    assert.deepEqual(traceHeaders({ traceparent, tracestate: wrong }), { traceparent }, wrong);
});
