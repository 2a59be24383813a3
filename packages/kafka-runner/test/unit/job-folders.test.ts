import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { JobFolders } from '../../src/job-folders.ts';
import { processStart } from '../../src/worker-identity.ts';

async function newRoot(t: TestContext): Promise<string> {
  const root = await mkdtemp(path.join(tmpdir(), 'job-folders-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  return root;
}

/** The id of a process that has just ended. */
function deadPid(): number {
  return Number(execFileSync('/bin/sh', ['-c', 'echo $$'], { encoding: 'utf8' }));
}

test('a job gets two empty folders, which are gone when it is over', async (t) => {
  await using folders = await JobFolders.open(await newRoot(t));
  const folder = await folders.create('jobs-0-7');
  assert.deepEqual([await readdir(folder.work), await readdir(folder.tmp)], [[], []]);
  await writeFile(path.join(folder.work, 'left.txt'), 'left');
  await folder[Symbol.asyncDispose]();
  await assert.rejects(readdir(folder.work), { code: 'ENOENT' });
  await assert.rejects(readdir(folder.tmp), { code: 'ENOENT' });
});

test('a job that comes again finds nothing of its former attempt', async (t) => {
  await using folders = await JobFolders.open(await newRoot(t));
  const first = await folders.create('jobs-0-7');
  await writeFile(path.join(first.work, 'left.txt'), 'left');
  const second = await folders.create('jobs-0-7');
  assert.deepEqual(await readdir(second.work), []);
});

test('two runners of one process keep apart, and the first to stop leaves the other alone', async (t) => {
  const root = await newRoot(t);
  const one = await JobFolders.open(root);
  await using other = await JobFolders.open(root);
  const [ofOne, ofOther] = [await one.create('jobs-0-7'), await other.create('jobs-0-7')];
  assert.notEqual(ofOne.work, ofOther.work);
  await one[Symbol.asyncDispose]();
  assert.deepEqual(await readdir(ofOther.work), []);
});

test('nothing is left in the root when the worker has stopped', async (t) => {
  const root = await newRoot(t);
  const folders = await JobFolders.open(root);
  await folders.create('jobs-0-7');
  await folders[Symbol.asyncDispose]();
  assert.deepEqual(await readdir(root), []);
});

test('leftovers of dead workers go; what a live worker, another machine or a person put there stays', async (t) => {
  const root = await newRoot(t);
  const start = await processStart('self');
  const dead = [`${hostname()}-${deadPid()}-12345-aBc123`, `${hostname()}-${process.pid}-1-aBc123`];
  const kept = [
    `${hostname()}-${process.pid}-${start}-aBc123`,
    `other.machine-${deadPid()}-12345-aBc123`,
    'notes of somebody',
  ];
  for (const name of [...dead, ...kept]) await mkdir(path.join(root, name, 'jobs-0-1'), { recursive: true });
  const folders = await JobFolders.open(root);
  await folders[Symbol.asyncDispose]();
  assert.deepEqual((await readdir(root)).toSorted(), kept.toSorted());
});

test('two workers that start at the same time do not trip over the leftovers that both remove', async (t) => {
  const root = await newRoot(t);
  const leftover = path.join(root, `${hostname()}-${deadPid()}-12345-aBc123`);
  for (let i = 0; i < 20; i += 1) await mkdir(path.join(leftover, `job-${i}`, 'work'), { recursive: true });
  const opened = await Promise.all(Array.from({ length: 5 }, () => JobFolders.open(root)));
  await Promise.all(opened.map((folders) => folders[Symbol.asyncDispose]()));
  assert.deepEqual(await readdir(root), []);
});
