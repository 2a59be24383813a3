// Several workers share the folder. Expected: one may evict what another renders from, which keeps its file; a worker that
// starts removes what a killed one left, and nothing of one that lives.
import assert from 'node:assert/strict';
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { access, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { test, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { faultyNetwork } from '../../../../kafka-runner/test/faulty-network.ts';
import { isEntryName } from '../../../src/scene-cache/entry-name.ts';
import { ALWAYS, setUp } from './cache-under-test.ts';

interface Worker {
  readonly process: ChildProcessByStdio<Writable, Readable, null>;
  readonly line: () => Promise<string>;
}

function startWorker(t: TestContext, ...args: string[]): Worker {
  const script = join(import.meta.dirname, 'worker-of-the-cache.ts');
  const nodeArgs = ['--conditions=kafka-runner-source', script, ...args];
  const child = spawn(process.execPath, nodeArgs, { stdio: ['pipe', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async (): Promise<string> => {
    const { value, done } = await lines.next();
    assert.ok(!done, 'the worker ended');
    return value;
  };
  return { process: child, line };
}

const entriesOf = async (folder: string): Promise<string[]> => (await readdir(folder)).filter(isEntryName);
const foldersOf = (folder: string): Promise<string[]> => readdir(join(folder, '.workers'));

test('a scene in use in one worker outlives its eviction by another', { timeout: 60_000 }, async (t) => {
  const { client, cache, folder, bucket, putScene, at } = await setUp(t, { maxBytes: 1000 });
  const content = await putScene('x.blend', 900);
  await putScene('y.blend', 900);
  const worker = startWorker(t, client.url, folder, '1000', bucket, 'x.blend');
  assert.equal(await worker.line(), 'ready');
  const file = await worker.line();

  await cache.prepare();
  await access(file);
  await (await cache.stage(at('y.blend'), ALWAYS)).release();
  assert.deepEqual(
    (await entriesOf(folder)).map((name) => name.slice(33)),
    ['x.blend'],
    'the one in use was spared',
  );
  for (const name of await entriesOf(folder)) await rm(join(folder, name));

  worker.process.stdin.end();
  assert.equal(await worker.line(), createHash('sha256').update(content).digest('hex'));
  await once(worker.process, 'exit');
  assert.equal((await foldersOf(folder)).length, 1, 'the worker took its folder with it');
});

test('leftovers of a killed worker go at the next start, those of a live one stay', { timeout: 60_000 }, async (t) => {
  const { client, cache, folder, bucket, putScene, at } = await setUp(t);
  await putScene('x.blend', 5_000_000);
  await putScene('y.blend', 1000);
  const network = await faultyNetwork(t, client.url, { kind: 'stall', afterBytes: 1_000_000 });
  const live = startWorker(t, client.url, folder, '10000000', bucket, 'y.blend');
  assert.equal(await live.line(), 'ready');
  const file = await live.line();
  const doomed = startWorker(t, network.url, folder, '10000000', bucket, 'x.blend');
  assert.equal(await doomed.line(), 'ready');
  await untilDownloading(folder);
  doomed.process.kill('SIGKILL');
  await once(doomed.process, 'exit');
  assert.equal((await foldersOf(folder)).length, 2);

  await cache.prepare();
  const left = await foldersOf(folder);
  assert.ok(left.includes(ownerOf(file)) && left.length === 2, `the live worker's and ours, of ${left.join(' ')}`);
  await access(file);
  assert.equal((await entriesOf(folder)).length, 1, 'half a scene is no entry');
  const scene = await cache.stage(at('x.blend'), ALWAYS);
  assert.deepEqual([scene.fetched, scene.size], [true, 5_000_000]);
});

test('workers that want the same scene at the same time', { timeout: 60_000 }, async (t) => {
  const { client, folder, bucket, putScene } = await setUp(t);
  const content = await putScene('x.blend', 5_000_000);
  const workers = [1, 2, 3].map(() => startWorker(t, client.url, folder, '10000000', bucket, 'x.blend'));
  for (const worker of workers) {
    await worker.line();
    await worker.line();
  }
  for (const worker of workers) {
    worker.process.stdin.end();
    assert.equal(await worker.line(), createHash('sha256').update(content).digest('hex'));
    await once(worker.process, 'exit');
  }
  assert.equal((await entriesOf(folder)).length, 1);
  assert.deepEqual(await foldersOf(folder), []);
});

/** The name of the worker's folder that a staged file lies in: `.workers/NAME/UUID/work/FILE`. */
function ownerOf(file: string): string {
  return (
    dirname(dirname(dirname(file)))
      .split('/')
      .at(-1) ?? ''
  );
}

async function untilDownloading(folder: string): Promise<void> {
  for (;;) {
    const files = await readdir(join(folder, '.workers'), { recursive: true });
    if (files.some((name) => name.includes('.download-'))) return;
    await pause(10);
  }
}
