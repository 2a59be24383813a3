// What an error says of its scene, and a report of the pictures, through the real command line. (Whether each scene gets its
// verdict at all: corpus.test.ts.)
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FailedError, JobError, RejectedError } from 'kafka-runner';
import { makeScene } from '../../../../../lab/scenes/make-scenes.ts';
import type { SceneName } from '../../../../../lab/scenes/scene-names.ts';
import { renderScene, type Changes } from './run-blender.ts';

const broken: readonly [SceneName, typeof FailedError | typeof RejectedError, string, RegExp, Changes?][] = [
  ['not-a-blend', RejectedError, 'not-a-blend', /BLENDER/],
  ['newer-blend', RejectedError, 'blend-too-new', /9\.99/],
  ['no-camera', RejectedError, 'no-camera', /no camera/],
  ['movie', RejectedError, 'movie-format', /FFMPEG/],
  ['too-large', RejectedError, 'resolution-too-large', /65536 x 65536/],
  ['tiny', RejectedError, 'resolution-too-large', /4096 pixels.*4095/, { maxPixels: 4095 }],
  ['missing-texture', RejectedError, 'asset-missing', /\/\/textures\/gone\.png/],
  ['script-error', FailedError, 'script-error', /UnicodeDecodeError/],
  ['render-error', FailedError, 'render-error', /cannot save|0 of 1 frames/i],
];
for (const [name, kind, code, message, changes = {}] of broken) {
  test(`${name}: ${code}`, async (t) => {
    await assert.rejects(renderScene(t, await makeScene(name), changes), (error) => {
      assert.ok(error instanceof JobError, String(error));
      assert.deepEqual([error.constructor, error.code], [kind, code]);
      assert.match(error.message, message);
      return true;
    });
  });
}

test('missing assets can be rendered without, and are named', async (t) => {
  const { scene } = await renderScene(t, await makeScene('missing-texture'), { missingAssets: 'warn' });
  assert.equal(scene.missingAssets, '//textures/gone.png');
});

test('sizes as announced: a percentage, both eyes in one picture, none for a cropped one', async (t) => {
  const sizes: unknown[] = [];
  for (const name of ['half-size', 'side-by-side', 'cropped'] as const) {
    const { scene } = await renderScene(t, await makeScene(name));
    sizes.push([scene.width, scene.height]);
  }
  assert.deepEqual(sizes, [
    [50, 25],
    [128, 64],
    [null, null],
  ]);
});
