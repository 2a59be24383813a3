// Every image format, codec and depth that Blender writes: accepted whole, refused when the end is missing.
import assert from 'node:assert/strict';
import { readdir, readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { runInBlender } from '../../../../../lab/scenes/run-in-blender.ts';
import { checkPicture } from '../../../src/frames/check-picture.ts';
import { temporaryFolder } from './run-blender.ts';
import { testedBlender } from './tested-blender.ts';

const script = join(import.meta.dirname, 'save_pictures.py');

/** 30 lengths: each of the last ten bytes off, and twenty places from the beginning on. */
function lengths(whole: number): number[] {
  const near = Array.from({ length: 10 }, (_, at) => whole - 1 - at);
  return [...near, ...Array.from({ length: 20 }, (_, at) => Math.floor((whole * (19 - at)) / 20))];
}

test('whole files are accepted, and no shorter ones', async (t) => {
  const folder = await temporaryFolder(t);
  await runInBlender(testedBlender, script, [folder]);
  const files = (await readdir(folder)).toSorted();
  assert.ok(files.length >= 70, `${files.length} files`);
  for (const file of files) {
    const path = join(folder, file);
    assert.deepEqual(await checkPicture(path), { width: 97, height: 71 }, file);
    for (const length of lengths((await readFile(path)).length)) {
      await truncate(path, length);
      await assert.rejects(checkPicture(path), Error, `${file} of ${length} bytes`);
    }
  }
});
