import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mayRenderAgain } from '../../src/retry-policy.ts';

test('what may be the machine, the disk or the GPU is rendered again', () => {
  for (const code of ['crashed', 'frame-invalid', 'frame-missing', 'render-error']) {
    assert.ok(mayRenderAgain({ code }), code);
  }
});

test('what the same scene and the same Blender would only repeat is not', () => {
  for (const code of ['script-error', 'response-invalid', 'scene-not-loaded'])
    assert.ok(!mayRenderAgain({ code }), code);
});
