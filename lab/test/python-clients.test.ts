// Both generations of Python clients talk to the lab's Kafka.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { startLab } from '../lab.ts';
import { runPython } from '../python.ts';

const lab = await startLab({ minio: false });
after(() => lab[Symbol.asyncDispose]());

for (const clients of ['current', 'old'] as const) {
  test(`kafka-python, ${clients}`, async () => {
    await lab.kafka.createTopic(clients);
    const script = join(import.meta.dirname, 'fixtures/round_trip.py');
    const [bootstrap = ''] = lab.kafka.bootstrapServers;
    assert.equal(await runPython(script, [bootstrap, clients], { clients }), 'hello from Python\n');
  });
}

test('a script that fails says why', async () => {
  await assert.rejects(runPython('/no-such-script.py', []), /no-such-script/);
});
