import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { access, chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { ownedPrefix } from '../../src/folder-owner.ts';
import { JobFolders } from '../../src/job-folders.ts';

async function newRoot(t: TestContext): Promise<string> {
  const root = await mkdtemp(path.join(tmpdir(), 'job-folders-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  return root;
}

/** The id of a process that has just ended. */
function deadPid(): number {
  return Number(execFileSync('/bin/sh', ['-c', 'echo $$'], { encoding: 'utf8' }));
}

/** The name of a folder of a worker that is gone, with some of what its name tells replaced. */
async function deadName(change: Partial<Record<'host' | 'boot' | 'namespace', string>> = {}): Promise<string> {
  const parts = /^(?<host>.+)-(?<boot>\w+)-(?<namespace>\d+)-\d+-\d+-$/.exec(await ownedPrefix())?.groups;
  const { host, boot, namespace } = { ...parts, ...change };
  return `${host}-${boot}-${namespace}-${deadPid()}-12345-aBc123`;
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

test('two deliveries of one message keep apart, and the first to end leaves the other alone', async (t) => {
  await using folders = await JobFolders.open(await newRoot(t));
  const first = await folders.create('0-7');
  await writeFile(path.join(first.work, 'first.txt'), 'first');
  const second = await folders.create('0-7');
  assert.deepEqual(await readdir(second.work), []);
  await first[Symbol.asyncDispose]();
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

test('a folder that somebody has tidied away is made again', async (t) => {
  const root = await newRoot(t);
  const folders = await JobFolders.open(root);
  await rm(root, { recursive: true });
  const { work, tmp } = await folders.create('0-7');
  await Promise.all([access(work), access(tmp)]);
  await folders[Symbol.asyncDispose]();
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
  const own = await ownedPrefix();
  const dead = [await deadName(), `${own.replace(/\d+-$/, '1-')}aBc123`];
  const kept = [
    `${own}aBc123`,
    await deadName({ host: 'other.machine' }),
    await deadName({ namespace: '4026539999' }),
    await deadName({ boot: '0badb007', namespace: '4026539999' }),
    'notes of somebody',
  ];
  for (const name of [...dead, ...kept]) await mkdir(path.join(root, name, '0-1-1'), { recursive: true });
  const folders = await JobFolders.open(root);
  await folders[Symbol.asyncDispose]();
  assert.deepEqual((await readdir(root)).toSorted(), kept.toSorted());
});

test('what is left of an earlier boot goes where no container comes into question', async (t) => {
  const root = await newRoot(t);
  const name = await deadName({ boot: '0badb007' });
  await mkdir(path.join(root, name));
  await using _folders = await JobFolders.open(root);
  const inContainer = !name.includes('-4026531836-');
  assert.equal((await readdir(root)).includes(name), inContainer);
});

test('leftovers that may not be removed are left', async (t) => {
  const root = await newRoot(t);
  const locked = path.join(root, await deadName(), '0-1-1');
  await mkdir(path.join(locked, 'work'), { recursive: true });
  await chmod(root, 0o777);
  await chmod(locked, 0o555);
  await using cleanUp = new AsyncDisposableStack();
  cleanUp.defer(() => chmod(locked, 0o755));
  if (process.getuid?.() === 0) {
    // Root may remove anything: be somebody else for a while.
    process.seteuid?.(65_534);
    cleanUp.defer(() => process.seteuid?.(0));
  }
  const folders = await JobFolders.open(root);
  await folders[Symbol.asyncDispose]();
  assert.deepEqual(await readdir(locked), ['work']);
});

test('two workers that start at the same time do not trip over the leftovers that both remove', async (t) => {
  const root = await newRoot(t);
  const leftover = path.join(root, await deadName());
  for (let i = 0; i < 20; i += 1) await mkdir(path.join(leftover, `job-${i}`, 'work'), { recursive: true });
  const opened = await Promise.all(Array.from({ length: 5 }, () => JobFolders.open(root)));
  await Promise.all(opened.map((folders) => folders[Symbol.asyncDispose]()));
  assert.deepEqual(await readdir(root), []);
});
