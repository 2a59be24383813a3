import assert from 'node:assert/strict';
import { readdir, readlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { openBlendBytes } from '../../../src/blender/blend-file/open-blend-bytes.ts';

/** What this process has open of a folder or file. */
async function descriptorsOf(path: string): Promise<number> {
  const targets = (await readdir('/proc/self/fd')).map((name) => readlink(`/proc/self/fd/${name}`).catch(() => ''));
  return (await Promise.all(targets)).filter((target) => target === path).length;
}

test('what can be opened but not read is closed again', async () => {
  const folder = tmpdir();
  await assert.rejects(openBlendBytes(folder), { code: 'EISDIR' });
  assert.equal(await descriptorsOf(folder), 0);
});
