// Expected: with --allow-scripts what only a script makes right is right, in a Blender of its own and in one that stays; a
// Blender that ran a script is replaced, one that did not stays. Without it such pictures are wrong, and it is said.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { makeScene } from '../../../../../lab/scenes/make-scenes.ts';
import type { SceneName } from '../../../../../lab/scenes/scene-names.ts';
import { residentArgv } from '../../../src/blender/blender-argv.ts';
import { frameShown } from '../../pictures.ts';
import { ResidentBlender } from './resident-blender.ts';
import { renderScene, runBlender, temporaryFolder, type BlenderRun } from './run-blender.ts';
import { testedBlender } from './tested-blender.ts';

const scripted: readonly SceneName[] = ['script-driver', 'script-handler'];
const asked = { startFrame: 7, numFrames: 2, allowScripts: true };

async function shown({ request, end, log }: BlenderRun): Promise<number[]> {
  assert.deepEqual(end.exitCode, 0, log);
  const files = ['0007.png', '0008.png'].map((name) => path.join(request.outputFolder, name));
  return await Promise.all(files.map(async (file) => frameShown(await readFile(file))));
}

for (const name of scripted) {
  test(`${name}, a Blender of its own`, async (t) => {
    const scenePath = await makeScene(name);
    const { run, scene } = await renderScene(t, scenePath, asked);
    assert.deepEqual(await shown(run), [7, 8]);
    assert.equal(scene.blockedScripts, null);
    const without = await runBlender(t, scenePath, { ...asked, allowScripts: false });
    assert.notDeepEqual(await shown(without), [7, 8]);
    assert.ok(without.report.done?.blockedScripts);
  });
}

test('a Blender that stays, until it has run a script', async (t) => {
  const resident = await ResidentBlender.start(t, residentArgv(testedBlender));
  const run = async (scene: SceneName): Promise<readonly number[]> => await shownInside(t, resident, scene);
  for (const _ of [1, 2, 3]) assert.deepEqual(await run('counter'), [7, 8]);
  assert.ok(resident.processes <= 2, 'one process, with a spare beside it');
  for (const scene of [...scripted, 'counter', ...scripted, 'counter'] as const)
    assert.deepEqual(await run(scene), [7, 8], scene);
  assert.ok(resident.processes >= 5, 'a process for each scene with a script');
});

async function shownInside(t: TestContext, resident: ResidentBlender, scene: SceneName): Promise<readonly number[]> {
  return await shown(await resident.run(await makeScene(scene), asked, await temporaryFolder(t)));
}
