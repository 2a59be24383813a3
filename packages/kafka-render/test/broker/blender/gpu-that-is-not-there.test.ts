// A job that asks for a GPU on a machine without one is rendered on the CPU, and says so; or it is refused.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RejectedError } from 'kafka-runner';
import { makeScene } from '../../../../../lab/scenes/make-scenes.ts';
import { renderScene } from './run-blender.ts';

test('rendered on the CPU, never silently', async (t) => {
  const { scene } = await renderScene(t, await makeScene('tiny'), { useGpu: true });
  assert.deepEqual(scene.device, { requested: 'GPU', used: 'CPU', backend: null, names: [] });
});

test('what is said of threads is what Blender uses', async (t) => {
  const { scene } = await renderScene(t, await makeScene('tiny'), { threads: 3 });
  assert.equal(scene.threads, 3);
});

test('refused when asked to', async (t) => {
  await assert.rejects(
    renderScene(t, await makeScene('tiny'), { useGpu: true, gpuMissing: 'fail' }),
    (error) => error instanceof RejectedError && error.code === 'gpu-missing',
  );
});

test('a job that does not ask for one is not refused', async (t) => {
  const { scene } = await renderScene(t, await makeScene('tiny'), { gpuMissing: 'fail' });
  assert.equal(scene.device.used, 'CPU');
});

test('EEVEE draws with the graphics driver, whatever it is', async (t) => {
  const { scene } = await renderScene(t, await makeScene('eevee'), { useGpu: true, gpuMissing: 'fail' });
  assert.deepEqual(scene.device, { requested: 'GPU', used: 'DRIVER', backend: null, names: [] });
});
