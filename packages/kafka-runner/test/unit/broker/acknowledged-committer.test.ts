import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AcknowledgedCommitter } from '../../../src/broker/acknowledged-committer.ts';
import type { Commit, Position, ProducedRecord } from '../../../src/broker/port.ts';
import { UnavailableError } from '../../../src/errors.ts';

const position = { topic: 'jobs', partition: 0, offset: 5, metadata: '', carriesRecord: true };
const commit: Commit = { records: [{ topic: 'out', value: '1' }], positions: [position], guard: () => true };

function committer(send: (record: ProducedRecord) => Promise<void>): {
  made: AcknowledgedCommitter;
  stored: Position[];
} {
  const stored: Position[] = [];
  const made = new AcknowledgedCommitter({ send }, { commit: async (positions) => void stored.push(...positions) });
  return { made, stored };
}

test('the position waits until the records are acknowledged', async () => {
  const acknowledged = Promise.withResolvers<void>();
  const { made, stored } = committer(() => acknowledged.promise);
  const committed = made.commit(commit);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(stored, []);
  acknowledged.resolve();
  await committed;
  assert.deepEqual(stored, [position]);
});

test('a record that is not acknowledged moves no position', async () => {
  const { made, stored } = committer(() => Promise.reject(new UnavailableError('broker-unreachable', 'away')));
  await assert.rejects(made.commit(commit), { code: 'broker-unreachable' });
  assert.deepEqual(stored, []);
});
