import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { listFrames } from '../../../src/frames/list-frames.ts';

test('all files below the folder by their paths in it, and nothing that a link leads to', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'frames '));
  t.after(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, 'Depth map'));
  await mkdir(join(folder, 'empty'));
  for (const path of ['0010.png', '0002.png', 'Depth map/0002.exr', '-é %20.png']) {
    await writeFile(join(folder, path), 'x');
  }
  await symlink('/etc', join(folder, 'link'));
  const files = await listFrames(folder);
  assert.deepEqual(
    files.map(({ path }) => path),
    ['-é %20.png', '0002.png', '0010.png', 'Depth map/0002.exr', 'link'],
  );
  assert.deepEqual(
    files.map(({ absolutePath }) => absolutePath),
    files.map(({ path }) => join(folder, path)),
  );
});
