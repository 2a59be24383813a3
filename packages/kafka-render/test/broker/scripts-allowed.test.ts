// Expected: a worker with --allow-scripts renders what its scripts make of a scene, in both modes, and its results say so.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { numbered, RenderFarm } from '../render-farm.ts';

for (const mode of ['resident', 'cold'] as const) {
  test(`scripts are allowed, ${mode}`, { timeout: 120_000 }, async (t) => {
    const farm = await RenderFarm.open(t);
    const scenes = [await farm.putScene('script-handler'), await farm.putScene('counter')];
    const worker = farm.startWorker({ args: ['--allow-scripts', '--blender-mode', mode] });
    await farm.send(...[0, 1, 0, 1].map((scene, jobId) => farm.job({ jobId, scenePath: scenes[scene] })));
    const { results } = await farm.ended(4);
    assert.deepEqual(
      results.map(({ headers }) => [headers['scripts-allowed'], headers['scripts-blocked']]),
      Array.from({ length: 4 }, () => ['true', undefined]),
    );
    for (const jobId of [0, 1, 2, 3]) assert.deepEqual(await farm.framesAt(`out/${jobId}`), numbered(7, 7));
    const commands = worker.log.filter(({ message }) => message === 'runs').map(({ command }) => String(command));
    assert.ok(commands.every((command) => command.includes(' -y ')));
  });
}

test('scripts are off unless they are allowed, and the command line says so', { timeout: 60_000 }, async (t) => {
  const farm = await RenderFarm.open(t);
  const worker = farm.startWorker();
  await farm.send(farm.job({ scenePath: await farm.putScene('script-driver') }));
  const { results } = await farm.ended(1);
  assert.ok(results[0]?.headers['scripts-blocked']);
  assert.equal(results[0]?.headers['scripts-allowed'], undefined);
  const { command } = await worker.said(({ message }) => message === 'runs');
  assert.match(String(command), / -Y .*\.blend /);
});
