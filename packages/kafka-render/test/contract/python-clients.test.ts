import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { runPython, type PythonClients } from '../../../../lab/python.ts';
import { RenderFarm } from '../render-farm.ts';

// Programs of the predecessor's time: their jobs are accepted, encoded once or twice, and come back in the result as
// they were sent, to the last digit; an error record says which job it is about. Python compares, not we. The old one shows
// its reader the markers of transactions as messages of six zero bytes, so it needs `--delivery at-least-once`.

const script = path.join(import.meta.dirname, '../python/order_frames.py');

const versions: Record<PythonClients, string> = { old: '2.0.2', current: '3.' };

const pairs = [
  ['old', 'at-least-once'],
  ['current', 'at-least-once'],
  ['current', 'exactly-once'],
] as const;

for (const [clients, delivery] of pairs) {
  test(
    `kafka-python ${versions[clients]}, ${delivery}: jobs are accepted, results and errors understood`,
    { timeout: 90_000 },
    async (t) => {
      const farm = await RenderFarm.open(t);
      const scenePath = await farm.putScene('counter');
      farm.startWorker({ args: ['--delivery', delivery] });
      const { jobs, results, errors } = farm.topics;
      const server = farm.lab.kafka.bootstrapServers[0] ?? '';
      const args = [server, jobs, results, errors, scenePath, `${farm.bucket}/out`];
      const said = await runPython(script, args, { clients, timeoutMs: 80_000 });
      assert.match(said, /understood 2 results and 2 errors/);
      assert.ok(said.startsWith(versions[clients]), said);
      assert.deepEqual(await farm.framesAt('out'), {
        '9223372036854775808/0007.png': 7,
        '9223372036854775809/0007.png': 7,
      });
    },
  );
}
