// A shader in Open Shading Language runs whatever is said of scripts, and reads pictures wherever they lie: what it can reach is
// for the sandbox to bound. A Blender that has not the language refuses the scene.
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { runInBlender } from '../../../../../lab/scenes/run-in-blender.ts';
import { runBlender, temporaryFolder } from './run-blender.ts';
import { expected, testedBlender } from './tested-blender.ts';

const orange = { r: 255, g: 128, b: 0 };

test('a shader that reads a picture of somebody else, with scripts off', async (t) => {
  const [folder, elsewhere] = [await temporaryFolder(t), await temporaryFolder(t)];
  const [scene, picture] = [path.join(folder, 'shader.blend'), path.join(elsewhere, 'secret.png')];
  await sharp({ create: { width: 16, height: 16, channels: 3, background: orange } })
    .png()
    .toFile(picture);
  await runInBlender(testedBlender, path.join(import.meta.dirname, 'shader_scene.py'), [scene, picture]);
  const { request, end, report, log } = await runBlender(t, scene, { allowScripts: false });
  if (!expected.hasOpenShadingLanguage) return assert.equal(report.error?.code, 'engine-missing');
  assert.equal(end.exitCode, 0, log);
  assert.equal(report.done?.blockedScripts, null, 'nobody calls it a script');
  const { channels } = await sharp(path.join(request.outputFolder, '0001.png')).stats();
  const [red = 0, green = 0, blue = 0] = channels.map(({ mean }) => mean);
  assert.ok(red > 200 && green > 30 && green < 200 && blue < 30, `${red} ${green} ${blue}`);
});
