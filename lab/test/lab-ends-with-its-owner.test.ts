// However the process that started a lab ends, within 5 s no process and no folder of the lab is left.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { startLab } from '../lab.ts';
import { processesOf, startOwner, timeUntilGone } from './fixtures/owned-lab.ts';

test('disposed of', async () => {
  const lab = await startLab();
  assert.equal(processesOf(lab.folder).length, 3, 'Kafka, MinIO and the guardian');
  await lab[Symbol.asyncDispose]();
  assert.deepEqual(processesOf(lab.folder), []);
  assert.equal(existsSync(lab.folder), false);
});

for (const signal of ['SIGKILL', 'SIGINT'] as const) {
  test(`the owner ended by ${signal}`, async (t) => {
    const { owner, folder } = await startOwner(t);
    assert.equal(processesOf(folder).length, 3);
    owner.kill(signal);
    assert.ok((await timeUntilGone(folder)) < 5000);
  });
}
