import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { filesWithKeys, transferAll } from '../../../src/storage/directory-transfer.ts';

test('names every regular file below the folder, and nothing that a link points to', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'directory-'));
  t.after(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, 'left/empty'), { recursive: true });
  await mkdir(join(folder, '-x'));
  for (const name of ['0001.png', 'left/0001.png', '-x/ü.png', '.hidden']) await writeFile(join(folder, name), name);
  await symlink('/etc/passwd', join(folder, 'link'));
  await symlink('/etc', join(folder, 'folder-link'));
  const keys = (await filesWithKeys(folder, 'out/a')).map(({ key }) => key);
  assert.deepEqual(keys.toSorted(), ['out/a/-x/ü.png', 'out/a/.hidden', 'out/a/0001.png', 'out/a/left/0001.png']);
  assert.ok((await filesWithKeys(folder, '')).some(({ key }) => key === 'left/0001.png'));
});

test('a file whose name cannot be a key is refused', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'directory-'));
  t.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'a\\b'), '');
  await assert.rejects(filesWithKeys(folder, 'out'), { code: 'bad-object-path' });
});

test('transfers a few at a time and keeps the order of the results', async () => {
  let running = 0;
  let most = 0;
  const results = await transferAll([30, 5, 20, 1, 10, 2, 3], undefined, async (ms) => {
    running += 1;
    most = Math.max(most, running);
    await pause(ms);
    running -= 1;
    return ms;
  });
  assert.deepEqual(results, [30, 5, 20, 1, 10, 2, 3]);
  assert.equal(most, 4);
});

test('the first failure stops the others, and is thrown when they have ended', async () => {
  const fault = new Error('first');
  let ended = 0;
  const transfer = async (item: number, signal: AbortSignal): Promise<void> => {
    if (item === 1) throw fault;
    try {
      await pause(10_000, undefined, { signal });
    } finally {
      await pause(10);
      ended += 1;
    }
  };
  await assert.rejects(transferAll([0, 1, 2, 3, 4, 5], undefined, transfer), (error) => error === fault);
  assert.equal(ended, 3);
});

test('the reason of the signal comes out unchanged', async () => {
  const reason = new Error('enough');
  const controller = new AbortController();
  const transfers = transferAll([1, 2], controller.signal, (_, signal) => pause(10_000, undefined, { signal }));
  controller.abort(reason);
  await assert.rejects(transfers, (error) => error === reason);
});
