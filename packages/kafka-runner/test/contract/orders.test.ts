// Expected: what the schema of the control topic takes for an order, a worker takes for one, and nothing else; whatever stands
// on the topic hurts nobody.
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { exampleMessages } from '../../../kafka-render/test/contract/example-messages.ts';
import { parseOrder } from '../../src/control/order.ts';
import { parseJson, stringifyJson } from '../../src/json.ts';
import { SchemaSet } from '../../src/schemas/schema.ts';
import { anyJson, fuzz } from '../unit/fuzz/fuzz-runs.ts';

const schemas = new SchemaSet();
await schemas.add(path.join(import.meta.dirname, '../../../kafka-render/schemas/control_order.schema.json'));
const schema = schemas.find('control_order.schema.json');

function isOrder(text: string): boolean {
  try {
    parseOrder(Buffer.from(text));
    return true;
  } catch (error) {
    assert.ok(error instanceof Error);
    return false;
  }
}

for (const { about, isGood, text } of exampleMessages('control_order')) {
  test(`${isGood ? 'good' : 'bad'}: ${about}`, () => assert.equal(isOrder(text), isGood));
}

test('an order by id keeps every digit of it', () => {
  const order = parseOrder(Buffer.from('{"order":"cancel","jobId":9223372036854775807,"time":"2023-11-14T22:13:20Z"}'));
  assert.deepEqual(order, { order: 'cancel', jobId: '9223372036854775807', time: Date.UTC(2023, 10, 14, 22, 13, 20) });
});

const field = fc.constantFrom<unknown>('a', '', 7, 0, -1, 1.5, null, true, [], 2n ** 60n);
const nearlyOrder = fc
  .record(
    {
      order: fc.constantFrom('cancel', 'pause', 'resume', 'drain', 'stop', 7),
      time: fc.constantFrom('2023-11-14T22:13:20Z', '2023-11-14T23:13:20.123+01:00'),
      ...{ topic: field, partition: field, offset: field, jobId: field, worker: field, reason: field },
    },
    { requiredKeys: [] },
  )
  .map(stringifyJson);

test('schema and worker are of one mind', () => {
  fuzz(
    fc.property(nearlyOrder, (text) => {
      assert.equal(isOrder(text), schema.faults(parseJson(text)).length === 0);
    }),
  );
});

test('what is no JSON is no order', () => {
  fuzz(fc.property(anyJson, (text) => assert.equal(isOrder(text), false)));
});
