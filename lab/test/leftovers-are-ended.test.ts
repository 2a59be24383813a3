// Owner and guardian killed at once, as by a machine that ran out of memory: the next lab of anybody ends what is left.
// A lab whose owner lives stays as it is.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startLab } from '../lab.ts';
import { guardianOf, processesOf, startOwner } from './fixtures/owned-lab.ts';

test('leftovers of a crashed run are ended at the next start', async (t) => {
  const [crashed, alive] = [await startOwner(t), await startOwner(t)];
  process.kill(guardianOf(crashed.folder), 'SIGKILL');
  crashed.owner.kill('SIGKILL');
  await sleep(500);
  assert.equal(processesOf(crashed.folder).length, 2, 'Kafka and MinIO go on without an owner');

  await using _ = await startLab({ kafka: false });
  assert.deepEqual(processesOf(crashed.folder), []);
  assert.equal(existsSync(crashed.folder), false);
  assert.equal(processesOf(alive.folder).length, 3);
});
