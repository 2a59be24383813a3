// Each scene of the lab, through the real command line: good ones give exactly their files, broken ones the error that
// their job ends with.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FailedError, JobError, RejectedError } from 'kafka-runner';
import { makeScene } from '../../../../../lab/scenes/make-scenes.ts';
import type { SceneName } from '../../../../../lab/scenes/scene-names.ts';
import { renderScene, type Changes } from './run-blender.ts';

const good: Partial<Record<SceneName, readonly string[]>> = {
  tiny: ['0001.png', '0002.png'],
  eevee: ['0001.png', '0002.png'],
  big: ['0001.png', '0002.png'],
  'textured-linked': ['0001.png', '0002.png'],
  'image-strip': ['0001.png', '0002.png'],
  'missing-unused': ['0001.png', '0002.png'],
  'png-16': ['0001.png', '0002.png'],
  jpeg: ['0001.jpg', '0002.jpg'],
  tiff: ['0001.tif', '0002.tif'],
  webp: ['0001.webp', '0002.webp'],
  exr: ['0001.exr', '0002.exr'],
  'exr-multilayer': ['0001.exr', '0002.exr'],
  stereo: ['0001_L.png', '0001_R.png', '0002_L.png', '0002_R.png'],
  'side-by-side': ['0001.png', '0002.png'],
  cropped: ['0001.png', '0002.png'],
  'half-size': ['0001.png', '0002.png'],
  'file-output-node': [
    ...['0001.png', '0002.png', 'Beauty/_image0001.png', 'Beauty/_image0002.png'],
    ...['Data/_image0001.exr', 'Data/_image0002.exr'],
  ],
};
for (const [name, files] of Object.entries(good)) {
  test(`${name}: ${files.join(', ')}`, async (t) => {
    const { frames } = await renderScene(t, await makeScene(name as SceneName), { numFrames: 2 });
    assert.deepEqual(
      frames.map(({ path }) => path),
      files,
    );
  });
}

const broken: readonly [SceneName, typeof FailedError | typeof RejectedError, string, RegExp, Changes?][] = [
  ['not-a-blend', RejectedError, 'not-a-blend', /BLENDER/],
  ['empty-file', RejectedError, 'not-a-blend', /BLENDER/],
  ['truncated', RejectedError, 'blend-truncated', /cut off/],
  ['newer-blend', RejectedError, 'blend-too-new', /9\.99/],
  ['no-camera', RejectedError, 'no-camera', /no camera/],
  ['sound-only', RejectedError, 'no-camera', /no camera/],
  ['movie', RejectedError, 'movie-format', /FFMPEG/],
  ['too-large', RejectedError, 'resolution-too-large', /65536 x 65536/],
  ['tiny', RejectedError, 'resolution-too-large', /4096 pixels.*4095/, { maxPixels: 4095 }],
  ['missing-texture', RejectedError, 'asset-missing', /\/\/textures\/gone\.png/],
  ['missing-strip', RejectedError, 'asset-missing', /\/\/gone\.png/],
  ['missing-mesh-cache', RejectedError, 'asset-missing', /\/\/gone\.mdd/],
  ['missing-light-profile', RejectedError, 'asset-missing', /\/\/gone\.ies/],
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
