// Storage goes away in the middle of a download, of an upload, and before a job comes, and returns. Expected: no record
// meanwhile, the log says what is away, and the job completes by itself, with exactly its frames; frames that are rendered
// wait for storage and are not rendered again. A worker that is stopped
// while storage is away ends in time and keeps the job.
import assert from 'node:assert/strict';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { faultyNetwork } from '../../../kafka-runner/test/faulty-network.ts';
import { startLab, type Lab } from '../../../../lab/lab.ts';
import { faultScenario } from '../../../kafka-runner/test/fault/suite/fault-scenario.ts';
import { farmTopics, stoppable } from '../farm-oracle.ts';
import { framesRendered, numbered, RenderFarm } from '../render-farm.ts';
import type { RenderWorker } from '../render-worker.ts';

const awayMs = 3_000;

async function ownLab(t: TestContext): Promise<Lab> {
  const lab = await startLab();
  t.after(() => lab[Symbol.asyncDispose]());
  return lab;
}

async function untilTrue(question: () => Promise<boolean>): Promise<void> {
  while (!(await question())) await sleep(2);
}

async function stayAwayAndReturn(lab: Lab, farm: RenderFarm, worker: RenderWorker): Promise<void> {
  await worker.said(({ level, code }) => level === 'warn' && code === 'storage-unreachable');
  await sleep(awayMs);
  assert.deepEqual(await farm.ended(0), { results: [], errors: [] });
  await lab.minio.start();
}

const file = import.meta.filename;

const download = 'storage killed in the middle of a download';
faultScenario({ scenario: 7, title: download, file, timeoutMs: 120_000 }, async (run) => {
  const { t } = run;
  const lab = await ownLab(t);
  // The first connection is slow, so that there is a middle.
  const network = await faultyNetwork(t, lab.minio.url, { kind: 'slow', afterBytes: 1_000_000, connections: 1 });
  const farm = await RenderFarm.open(t, { lab, storageUrl: network.url });
  // More than the buffers of a connection hold.
  const scenePath = await farm.putScene('counter', 'large.blend', 50_000_000);
  const worker = farm.startWorker();
  await farm.send(farm.job({ scenePath, numFrames: 2 }));
  await untilTrue(() => isDownloading(farm));
  await lab.minio.kill();
  await stayAwayAndReturn(lab, farm, worker);
  run.fault();
  assert.deepEqual((await farm.ended(1)).errors, []);
  assert.deepEqual(await farm.framesAt('out/1'), { '0007.png': 7, '0008.png': 8 });
  await run.conclude(farmTopics(farm), { workers: [stoppable(worker)], recoveryWithinMs: 20_000 });
});

async function isDownloading(farm: RenderFarm): Promise<boolean> {
  const scenes = path.join(farm.folder.cwd, 'scenes');
  const names = await readdir(scenes, { recursive: true }).catch(() => []);
  const partial = names.find((name) => path.basename(name).startsWith('.download-'));
  return partial !== undefined && (await stat(path.join(scenes, partial))).size > 0;
}

/** A Blender that writes a line for each job that it is started for, as an option of the worker. */
async function countingBlender(farm: RenderFarm): Promise<{ args: string[]; starts: () => Promise<number> }> {
  const [program, count] = [path.join(farm.folder.cwd, 'blender'), path.join(farm.folder.cwd, 'starts')];
  const script = `#!/bin/sh\ncase "$*" in *--background*) echo started >> '${count}';; esac\nexec blender "$@"\n`;
  await writeFile(program, script, { mode: 0o755 });
  // In a sandbox it could not write there.
  return {
    args: ['-b', program, '--sandbox', 'off'],
    starts: async () => (await readFile(count, 'utf8')).trim().split('\n').length,
  };
}

test(
  'in the middle of a render: Blender goes on, while few frames wait, and what it renders arrives',
  { timeout: 120_000 },
  async (t) => {
    const lab = await ownLab(t);
    const farm = await RenderFarm.open(t, { lab });
    const scenePath = await farm.putScene('slow-counter');
    const numFrames = 60;
    const worker = farm.startWorker({ args: ['-d', '--max-waiting-frames', String(numFrames + 1)] });
    await farm.send(farm.job({ scenePath, startFrame: 1, numFrames }));
    const arrived = path.join(lab.folder, 'minio', farm.bucket, 'out/1');
    await untilTrue(async () => (await readdir(arrived).catch(() => [])).length >= 3);
    await lab.minio.kill();
    assert.ok(framesRendered(worker).length < numFrames, 'in the middle');
    await worker.said(({ message }) => /^Saved: .*0060\.png/.test(message), 60_000);
    assert.deepEqual(await farm.ended(0), { results: [], errors: [] });
    await lab.minio.start();
    assert.deepEqual((await farm.ended(1)).errors, []);
    assert.equal(framesRendered(worker).length, numFrames, 'each frame once');
    assert.deepEqual(await farm.framesAt('out/1'), numbered(1, numFrames));
    await farm.untilCommitted(1);
  },
);

test('stopped in the middle of a render while storage is away: it ends in time', { timeout: 120_000 }, async (t) => {
  const lab = await ownLab(t);
  const farm = await RenderFarm.open(t, { lab });
  const scenePath = await farm.putScene('slow-counter');
  const worker = farm.startWorker({ args: ['-d', '--shutdown-timeout', '1'] });
  await farm.send(farm.job({ scenePath, startFrame: 1, numFrames: 1_000 }));
  await worker.said(({ message }) => message === 'frame delivered');
  await lab.minio.kill();
  await worker.said(({ code, offset }) => code === 'storage-unreachable' && offset === 0);
  const stoppedMs = performance.now();
  assert.deepEqual(await worker.stop(), { code: 0, signal: null });
  assert.ok(performance.now() - stoppedMs < 8_000, `ended after ${performance.now() - stoppedMs} ms`);
  assert.deepEqual(await farm.jobFolders(), []);
  await lab.minio.start();
  assert.deepEqual(await farm.ended(0), { results: [], errors: [] });
});

const upload = 'storage killed in the middle of an upload, and away when a job comes';
faultScenario({ scenario: 7, title: upload, file, timeoutMs: 120_000 }, async (run) => {
  const { t } = run;
  const lab = await ownLab(t);
  const farm = await RenderFarm.open(t, { lab });
  const scenePath = await farm.putScene('counter');
  const blender = await countingBlender(farm);
  const args = ['--shutdown-timeout', '1', '--blender-mode', 'cold', ...blender.args];
  const worker = farm.startWorker({ args });
  const numFrames = 120;
  await farm.send(farm.job({ scenePath, startFrame: 1, numFrames }));
  const arrived = path.join(lab.folder, 'minio', farm.bucket, 'out/1');
  await untilTrue(async () => (await readdir(arrived).catch(() => [])).length > 0);
  await lab.minio.kill();
  assert.ok((await readdir(arrived)).length < numFrames, 'not all of them');
  await stayAwayAndReturn(lab, farm, worker);
  run.fault();
  assert.deepEqual((await farm.ended(1)).errors, []);
  const expected = Array.from({ length: numFrames }, (_, index) => [
    `${String(index + 1).padStart(4, '0')}.png`,
    index + 1,
  ]);
  assert.deepEqual(await farm.framesAt('out/1'), Object.fromEntries(expected));
  assert.equal(await blender.starts(), 1);

  await lab.minio.stop();
  await farm.send(farm.job({ scenePath, jobId: 2 }));
  await worker.said(({ offset, code }) => offset === 1 && code === 'storage-unreachable');
  await lab.minio.start();
  assert.deepEqual((await farm.ended(2)).errors, []);
  assert.deepEqual(await farm.framesAt('out/2'), { '0007.png': 7 });
  await farm.untilCommitted(2);

  await lab.minio.stop();
  await farm.send(farm.job({ scenePath, jobId: 3 }));
  await worker.said(({ offset, code }) => offset === 2 && code === 'storage-unreachable');
  const stoppedMs = performance.now();
  assert.deepEqual(await worker.stop(), { code: 0, signal: null });
  assert.ok(performance.now() - stoppedMs < 8_000, `ended after ${performance.now() - stoppedMs} ms`);
  await farm.untilCommitted(2);
  assert.equal((await farm.ended(2)).results.length, 2);
  await lab.minio.start();
  run.fault();
  await run.conclude(farmTopics(farm), { workers: [stoppable(farm.startWorker())], recoveryWithinMs: 20_000 });
});
