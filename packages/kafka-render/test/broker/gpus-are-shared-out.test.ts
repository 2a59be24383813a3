// `--gpu 2,0`: each Blender that renders sees one of these two GPUs, whichever backend it has, and two that render at a time do
// not see the same; a GPU that is not there is one that is missing. The log says how each was started.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blendersAtWork, environmentOf } from '../processes.ts';
import { RenderFarm } from '../render-farm.ts';

const names = ['CUDA_DEVICE_ORDER', 'CUDA_VISIBLE_DEVICES', 'HIP_VISIBLE_DEVICES', 'ZE_AFFINITY_MASK'];
const order = 'PCI_BUS_ID';

for (const mode of ['resident', 'cold']) {
  test(`two Blenders, ${mode}`, { timeout: 90_000 }, async (t) => {
    const farm = await RenderFarm.open(t);
    const scenePath = await farm.putScene('slow');
    const args = ['-d', '--gpu', '2,0', '--concurrency', '2', '--blender-mode', mode, '--shutdown-timeout', '0'];
    const worker = farm.startWorker({ args });
    await farm.send(farm.job({ scenePath }), farm.job({ scenePath, jobId: 2 }));
    for (const offset of [0, 1]) {
      await worker.said((line) => line.offset === offset && / Sample \d+\/\d+/.test(line.message), 60_000);
    }
    const seen: unknown[] = [];
    for (const pid of await blendersAtWork(farm.folder.cwd, 2)) {
      const environment = await environmentOf(pid);
      seen.push(names.map((name) => environment[name]));
    }
    assert.deepEqual(
      new Set(seen),
      new Set([
        [order, '2', '2', '2'],
        [order, '0', '0', '0'],
      ]),
    );
    const ran = worker.log.filter(({ message }) => message === 'runs').map(({ command }) => String(command));
    const [first, second] = ran.map((command) => / CUDA_VISIBLE_DEVICES=(\d) .*blender/.exec(command)?.[1]);
    assert.deepEqual([first, second], ['2', '0']);
  });
}

test('one GPU for one Blender, and it is not there', { timeout: 60_000 }, async (t) => {
  const farm = await RenderFarm.open(t);
  const scenePath = await farm.putScene('counter');
  const worker = farm.startWorker({ args: ['--gpu', '0,1'] });
  await farm.send(farm.job({ scenePath, useGPU: true }));
  const [result] = (await farm.ended(1)).results;
  assert.partialDeepStrictEqual(result?.headers, { device: 'CPU', 'gpu-missing': 'true' });
  const warned = await worker.said(({ gpus }) => gpus !== undefined);
  assert.deepEqual([warned.level, warned['gpus']], ['warn', [1]]);
});
