// A file named after a frame shows that frame, whatever the numbers, the format and the settings in the scene.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import sharp from 'sharp';
import { frameOfPixel } from '../../../../../lab/scenes/frame-colour.ts';
import { makeScene } from '../../../../../lab/scenes/make-scenes.ts';
import type { SceneName } from '../../../../../lab/scenes/scene-names.ts';
import { renderScene, temporaryFolder, type Changes } from './run-blender.ts';

/** Names, and the frames that the pixels in their corners and middles tell. */
async function shown(t: TestContext, name: SceneName, changes: Changes): Promise<[string, number][]> {
  const { frames } = await renderScene(t, await makeScene(name), changes);
  return Promise.all(
    frames.map(async ({ path, absolutePath }) => [path, await shownFrame(absolutePath)] as const),
  ).then((pairs) => pairs.map(([path, frame]) => [path, frame]));
}

async function shownFrame(file: string): Promise<number> {
  const { data, info } = await sharp(file).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const pixels = Array.from({ length: info.width * info.height }, (_, at) => data.subarray(at * 3, at * 3 + 3));
  const found = new Set(pixels.map(([red = 0, green = 0, blue = 0]) => frameOfPixel([red, green, blue])));
  assert.equal(found.size, 1, `${file} shows ${[...found].join(', ')}`);
  return [...found][0] ?? -1;
}

const ranges: readonly [number, number, readonly string[]][] = [
  [7, 1, ['0007.png']],
  [0, 2, ['0000.png', '0001.png']],
  [254, 3, ['0254.png', '0255.png', '0256.png']],
  [9999, 2, ['10000.png', '9999.png']],
  [65535, 2, ['65535.png', '65536.png']],
  [1_048_573, 2, ['1048573.png', '1048574.png']],
];
for (const [startFrame, numFrames, names] of ranges) {
  test(`from ${startFrame}, ${numFrames}`, async (t) => {
    const pairs = await shown(t, 'counter', { startFrame, numFrames });
    assert.deepEqual(
      pairs,
      names.map((name) => [name, Number.parseInt(name, 10)]),
    );
  });
}

for (const name of ['png-16', 'tiff', 'jpeg', 'webp', 'stereo'] as const) {
  test(`as ${name}`, async (t) => {
    const pairs = await shown(t, name, { startFrame: 85, numFrames: 2 });
    for (const [path, frame] of pairs) {
      assert.ok(
        Math.abs(frame - Number.parseInt(path, 10)) <= (name === 'jpeg' || name === 'webp' ? 1 : 0),
        `${path} ${frame}`,
      );
    }
  });
}

test('whatever the scene says about ranges, steps, names, and files that are there', async (t) => {
  const outputFolder = await temporaryFolder(t);
  await writeFile(join(outputFolder, '0021.png'), '');
  assert.deepEqual(await shown(t, 'awkward', { startFrame: 20, numFrames: 3, outputFolder }), [
    ['0020.png', 20],
    ['0021.png', 21],
    ['0022.png', 22],
  ]);
});
