// Expected: Blender renders in a sandbox, stays, and keeps a scene open; code in it that is hostile finds no network, no
// credentials, no scene but its own, and nowhere to write. A worker that is killed takes its sandboxes along. Where a
// sandbox is required and there is none, the worker does not start.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readlink, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { processesWith } from '../../../kafka-runner/test/kafka/processes-with.ts';
import { blendersOf } from '../processes.ts';
import { RenderFarm, type WorkerOptions } from '../render-farm.ts';

const limit = { timeout: 180_000 };
const required = ['-d', '--sandbox', 'require'];

const namespacesOf = async (pid: number | 'self'): Promise<string[]> =>
  await Promise.all(['net', 'pid', 'mnt', 'user'].map((kind) => readlink(`/proc/${pid}/ns/${kind}`)));

/** Whether every Blender of the worker has namespaces of its own. */
async function areShutIn(farm: RenderFarm): Promise<boolean> {
  const [own, blenders] = [await namespacesOf('self'), await blendersOf(farm.folder.cwd)];
  const theirs = await Promise.all(blenders.map((pid) => namespacesOf(pid)));
  return blenders.length > 0 && theirs.every((spaces) => spaces.every((space, index) => space !== own[index]));
}

test('a resident Blender stays in its sandbox, and a scene stays open', limit, async (t) => {
  const farm = await RenderFarm.open(t);
  const [counter, node] = [await farm.putScene('counter'), await farm.putScene('file-output-node')];
  const worker = farm.startWorker({ args: [...required, '--prefetch', '2'] });
  const ofCounter = [1, 2, 3, 4, 5].map((jobId) => farm.job({ jobId, scenePath: counter, startFrame: jobId }));
  await farm.send(...ofCounter, farm.job({ jobId: 6, scenePath: node, numFrames: 3 }));
  const { results, errors } = await farm.ended(6);
  assert.deepEqual([results.length, errors], [6, []]);
  for (const jobId of [1, 2, 3, 4, 5])
    assert.deepEqual(await farm.framesAt(`out/${jobId}`), { [`000${jobId}.png`]: jobId });
  assert.ok(await areShutIn(farm));
  const said = (what: RegExp): number => worker.log.filter(({ message }) => what.test(message)).length;
  assert.equal(said(/Read blend: .*counter\.blend/), 1, 'kept open');
  assert.equal(said(/^resident program replaced$/), 0);
  assert.deepEqual(await worker.stop(), { code: 0, signal: null });
  assert.deepEqual(await readdir(path.join(farm.folder.cwd, 'tmp_render_out')), []);
});

for (const mode of ['resident', 'cold']) {
  test(`EEVEE renders in a sandbox, ${mode}`, limit, async (t) => {
    const farm = await RenderFarm.open(t);
    const scenePath = await farm.putScene('eevee');
    const worker = farm.startWorker({ args: [...required, '--blender-mode', mode] });
    await farm.send(farm.job({ jobId: 1, scenePath }), farm.job({ jobId: 2, scenePath }));
    const { results, errors } = await farm.ended(2, 170);
    assert.deepEqual([results.length, errors], [2, []]);
    assert.ok(worker.log.every(({ message }) => message !== 'resident program replaced'));
  });

  test(`a worker that is killed with -9 takes its sandboxes along, ${mode}`, limit, async (t) => {
    const farm = await RenderFarm.open(t);
    const scenePath = await farm.putScene('slow');
    const worker = farm.startWorker({ args: [...required, '--blender-mode', mode] });
    await farm.send(farm.job({ scenePath }));
    await worker.isRendering();
    assert.ok(await areShutIn(farm));
    worker.kill('SIGKILL');
    await worker.ended;
    await sleep(2_000);
    assert.deepEqual(await blendersOf(farm.folder.cwd), []);
    assert.deepEqual(processesWith(farm.folder.cwd), [], 'nor bubblewrap');
  });
}

/** A PATH with Blender and what starts it, and no bubblewrap. */
async function pathWithoutBubblewrap(t: TestContext): Promise<WorkerOptions['before']> {
  const folder = await mkdtemp(path.join(tmpdir(), 'path-'));
  t.after(() => rm(folder, { recursive: true }));
  for (const name of ['blender', 'sh', 'dirname', 'readlink', 'env', 'cat', 'grep', 'cut', 'sleep'])
    await symlink(`/usr/bin/${name}`, path.join(folder, name));
  return ['/usr/bin/env', `PATH=${folder}`];
}

test('no bubblewrap: refused when required, else said once, and Blender renders', limit, async (t) => {
  const farm = await RenderFarm.open(t);
  const scenePath = await farm.putScene('counter');
  const before = await pathWithoutBubblewrap(t);
  const refused = farm.startWorker({ args: ['--sandbox', 'require'], ...(before && { before }) });
  assert.deepEqual(await refused.ended, { code: 1, signal: null });
  assert.match(refused.tail(), /A sandbox is required, and there is none: bubblewrap is not installed/);
  const worker = farm.startWorker({ ...(before && { before }) });
  const { message } = await worker.said(({ code }) => code === 'no-sandbox');
  assert.match(message, /commands see what this worker sees: bubblewrap is not installed/);
  await farm.send(farm.job({ scenePath }));
  assert.equal((await farm.ended(1)).results.length, 1);
});
