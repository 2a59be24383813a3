// Names of folders and scenes are taken literally, whatever is in them.
import assert from 'node:assert/strict';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeScene } from '../../../../../lab/scenes/make-scenes.ts';
import { renderScene, temporaryFolder } from './run-blender.ts';

const names = [
  'with spaces ',
  '--python',
  '-',
  `quotes ' " \``,
  'percent %04d %20',
  '$(touch x); #### {frame}',
  'unicode é 日本 🎬',
  'new\nline',
  'x'.repeat(200),
];
for (const name of names) {
  test(JSON.stringify(name).slice(0, 40), async (t) => {
    const folder = join(await temporaryFolder(t), name);
    await mkdir(folder);
    const scene = join(folder, `${name.slice(0, 190)}.blend`);
    await copyFile(await makeScene('tiny'), scene);
    const outputFolder = join(folder, `out ${name}`);
    const { frames } = await renderScene(t, scene, { outputFolder, startFrame: 7 });
    assert.deepEqual(
      frames.map(({ absolutePath }) => absolutePath),
      [join(outputFolder, '0007.png')],
    );
  });
}
