// Expected: `asyncapi.yaml` is AsyncAPI 3 by its official JSON Schema; it names every schema and every header that there is; examples
// of messages are what it says. (Real messages: `broker/progress.test.ts`.)
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { AsyncApi } from '../async-api.ts';
import { exampleMessages } from './example-messages.ts';

const root = path.join(import.meta.dirname, '../../../..');
const read = (name: string): string => readFileSync(path.join(root, name), 'utf8');
const api = new AsyncApi();

test('there is nothing to say against it', () => assert.deepEqual(api.faults(), []));

test('its version is that of the package', () => {
  const { version } = JSON.parse(read('packages/kafka-render/package.json')) as { version: string };
  assert.equal(api.document.info.version, version);
});

test('each channel has its parameter, and an operation', () => {
  for (const { address, parameters } of Object.values(api.document.channels))
    assert.deepEqual(Object.keys(parameters), [address.slice(1, -1)]);
  const used = Object.values(api.document.operations).map(({ channel }) => channel.address);
  assert.deepEqual(
    used.toSorted(),
    Object.values(api.document.channels)
      .map(({ address }) => address)
      .toSorted(),
  );
});

test('each schema is that of a message', () => {
  const schemas = readdirSync(path.join(root, 'packages/kafka-render/schemas'));
  assert.deepEqual([...new Set(api.messages.map(({ payloadId }) => payloadId))].toSorted(), schemas.toSorted());
});

test('headers are those of docs/provenance.md', () => {
  const rows = read('docs/provenance.md').matchAll(/^\| (`[^|]*`) \| [^|]* \| ?(yes)?[^|]*\|$/gm);
  const documented = [...rows].flatMap(([, names = '', inErrors]) =>
    [...names.matchAll(/`([a-z0-9-]+)`/g)].map(([, name = '']) => ({ name, inErrors: inErrors === 'yes' })),
  );
  assert.ok(documented.length > 20, `${documented.length}`);
  const namesOf = (message: string): string[] => [...api.message(message).headerNames].toSorted();
  assert.deepEqual(namesOf('renderOutput'), documented.map(({ name }) => name).toSorted());
  const ofErrors = documented.filter(({ inErrors }) => inErrors).map(({ name }) => name);
  assert.deepEqual(namesOf('jobError'), ofErrors.toSorted());
});

for (const name of ['render_job', 'render_output', 'error_record', 'progress_event', 'control_order']) {
  test(`examples of ${name}`, () => {
    const messages = api.messages.filter(({ payloadId }) => payloadId === `${name}.schema.json`);
    assert.ok(messages.length > 0);
    for (const { text, isGood, about } of exampleMessages(name)) {
      const value = JSON.parse(text) as unknown;
      for (const message of messages) assert.equal(message.faults({ value }).length === 0, isGood, about);
    }
  });
}
