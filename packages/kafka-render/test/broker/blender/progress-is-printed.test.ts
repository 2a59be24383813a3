// While it renders each Blender says which frame it is at, and how many of its samples are done.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeScene } from '../../../../../lab/scenes/make-scenes.ts';
import { parseProgressLine } from '../../../src/blender/progress-line.ts';
import { renderScene } from './run-blender.ts';

test('frames and samples', async (t) => {
  const { run } = await renderScene(t, await makeScene('slow-counter'), { startFrame: 7, numFrames: 3 });
  const said = run.log.split('\n').flatMap((line) => parseProgressLine(line) ?? []);
  const sampled = said.filter(({ frame, samples, samplesTotal }) => frame && samples && samplesTotal);
  assert.deepEqual([...new Set(sampled.map(({ frame }) => frame))], [7, 8, 9], run.log);
});
