// Storage takes frames more slowly than Blender makes them, and is then away. Expected: Blender stands still meanwhile, so that
// few frames lie on the disk; silence of its own is no fault of it; in the end all frames are there, and the job ends once.
// So in both modes.
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sharedLab } from '../../../../lab/shared-lab.ts';
import { faultyNetwork } from '../../../kafka-runner/test/faulty-network.ts';
import { numbered, RenderFarm } from '../render-farm.ts';

const numFrames = 60;
const maxWaiting = 6;
/** More, by the time that Blender is told, on a busy machine. */
const more = 20;

for (const mode of ['resident', 'cold'] as const) {
  test(`Blender waits for a slow storage: ${mode}`, { timeout: 120_000 }, async (t) => {
    const network = await faultyNetwork(t, (await sharedLab()).minio.url);
    const farm = await RenderFarm.open(t, { storageUrl: network.url });
    const scenePath = await farm.putScene('counter');
    const limits = ['--max-waiting-frames', String(maxWaiting), '--no-progress-timeout', '3'];
    const worker = farm.startWorker({ args: ['-d', '--blender-mode', mode, ...limits] });
    await farm.send(farm.job({ scenePath, startFrame: 1, numFrames }));
    const mostOnDisk = watchDisk(t, farm.folder.cwd);
    await worker.said(({ message }) => message === 'runs');
    network.become({ kind: 'slow', afterBytes: 0, bytesPerSecond: 8_000 });
    await worker.said(({ message }) => message === 'frame delivered');
    await sleep(2_000);
    network.become({ kind: 'refuse' });
    await sleep(5_000);
    network.become({ kind: 'healthy' });
    const { results, errors } = await farm.ended(1);
    assert.deepEqual(errors, []);
    assert.deepEqual(
      results.map(({ headers }) => headers['attempt']),
      ['1'],
    );
    assert.deepEqual(await farm.framesAt('out/1'), numbered(1, numFrames));
    const most = mostOnDisk();
    t.diagnostic(`${most} frames on the disk at most`);
    assert.ok(most >= maxWaiting, `storage was too quick for this test: ${most} frames waited at most`);
    assert.ok(most <= maxWaiting + more, `${most} frames lay on the disk`);
    assert.deepEqual(await worker.stop(), { code: 0, signal: null });
    assert.deepEqual(await farm.jobFolders(), []);
  });
}

/** Looks again and again how many frames there are on the disk of a worker. */
function watchDisk(t: TestContext, cwd: string): () => number {
  let most = 0;
  const look = async (): Promise<void> => {
    const names = await readdir(path.join(cwd, 'tmp_render_out'), { recursive: true }).catch(() => []);
    most = Math.max(most, names.filter((name) => name.endsWith('.png')).length);
  };
  const timer = setInterval(() => void look(), 20);
  t.after(() => clearInterval(timer));
  return () => most;
}
