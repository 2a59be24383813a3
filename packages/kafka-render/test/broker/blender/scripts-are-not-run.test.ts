// Scripts in a scene are never run: not on opening, not in drivers, and not as line styles, which -Y does not stop.
import assert from 'node:assert/strict';
import { access, copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { RejectedError } from 'kafka-runner';
import { makeScene } from '../../../../../lab/scenes/make-scenes.ts';
import { renderScene, temporaryFolder } from './run-blender.ts';

for (const [name, words] of [
  ['scripts', /getpid/],
  ['freestyle-script', /Freestyle/],
] as const) {
  test(`${name}: left out, rendered, and said`, async (t) => {
    const copy = join(await temporaryFolder(t), 'scene.blend');
    await copyFile(await makeScene(name), copy);
    const { run, scene } = await renderScene(t, copy);
    assert.match(scene.blockedScripts ?? '', words);
    assert.equal(run.log.includes('the scene ran its script'), false);
    await access(copy); // the script would delete its own scene
  });

  test(`${name}: refused when asked to`, async (t) => {
    await assert.rejects(
      renderScene(t, await makeScene(name), { blockedScripts: 'fail' }),
      (error) => error instanceof RejectedError && error.code === 'scripts-blocked' && words.test(error.message),
    );
  });
}

test('a scene with simple drivers only has no scripts', async (t) => {
  const { scene } = await renderScene(t, await makeScene('counter'), { blockedScripts: 'fail' });
  assert.equal(scene.blockedScripts, null);
});
