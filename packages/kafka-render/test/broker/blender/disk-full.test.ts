// A disk with room for a part of a frame only: some formats end well as far as Blender says; the files tell.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FailedError } from 'kafka-runner';
import { makeScene } from '../../../../../lab/scenes/make-scenes.ts';
import { renderScene, runBlender } from './run-blender.ts';
import { expected } from './tested-blender.ts';

/** No file may grow beyond this; writing more fails as on a full disk. */
const before = ['prlimit', '--fsize=30', '--'];

for (const name of ['tiny', 'png-16', 'tiff', 'webp', 'exr', 'exr-multilayer', 'jpeg'] as const) {
  test(name, async (t) => {
    await assert.rejects(renderScene(t, await makeScene(name), { before, numFrames: 2 }), (error) => {
      assert.ok(error instanceof FailedError, String(error));
      assert.equal(error.code, expected.loudWhenTheDiskIsFull.includes(name) ? 'render-error' : 'frame-invalid');
      assert.match(error.message, /000[12]/);
      return true;
    });
  });
}

test('Blender itself says that all went well', async (t) => {
  const { end, report } = await runBlender(t, await makeScene('exr'), { before, numFrames: 2 });
  assert.deepEqual([end.exitCode, report.done?.framesWritten], [0, 2]);
});
