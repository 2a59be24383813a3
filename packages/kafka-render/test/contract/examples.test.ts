import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { describeFaults, SchemaSet } from 'kafka-runner';
import { exampleMessages, propertyAtFault } from './example-messages.ts';

// Good examples have no fault, bad ones exactly the one that their name tells.

const folder = path.join(import.meta.dirname, '../../schemas');
const schemas = new SchemaSet();
const ofSeveralKinds = ['error_record', 'progress_event', 'control_order'];
const names = ['render_job', 'render_output', ...ofSeveralKinds];
for (const name of names) {
  await schemas.add(path.join(folder, `${name}.schema.json`));
}

for (const name of ['render_job', 'render_output']) {
  const schema = schemas.find(`${name}.schema.json`);
  for (const example of exampleMessages(name)) {
    test(`${name}: ${example.isGood ? 'good' : 'bad'}: ${example.about}`, () => {
      const faults = schema.faults(JSON.parse(example.text));
      assert.equal(faults.length, example.isGood ? 0 : 1, describeFaults(faults));
      if (!example.isGood) assert.ok(describeFaults(faults).includes(propertyAtFault(example)), describeFaults(faults));
    });
  }
}

// Of several kinds none fits: each says what it misses.
for (const name of ofSeveralKinds) {
  for (const example of exampleMessages(name)) {
    test(`${name}: ${example.isGood ? 'good' : 'bad'}: ${example.about}`, () => {
      const faults = schemas.find(`${name}.schema.json`).faults(JSON.parse(example.text));
      assert.equal(faults.length === 0, example.isGood, describeFaults(faults));
    });
  }
}

test('each schema has good and bad examples', () => {
  for (const name of names) {
    const verdicts = new Set(exampleMessages(name).map(({ isGood }) => isGood));
    assert.deepEqual(verdicts, new Set([true, false]), name);
  }
});
