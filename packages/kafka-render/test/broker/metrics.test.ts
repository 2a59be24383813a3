// Expected: with --metrics-port 0 the scrape of a worker tells what its results tell: frames, phases, bytes; scenes from the cache and
// from storage; how often Blender was started, and why it was replaced. promtool would find nothing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { promlint } from '../../../kafka-runner/test/prometheus/promlint.ts';
import { Scrape } from '../../../kafka-runner/test/prometheus/scrape.ts';
import { RenderFarm } from '../render-farm.ts';

test('a worker with Blender', { timeout: 180_000 }, async (t) => {
  const farm = await RenderFarm.open(t);
  const scenePath = await farm.putScene('counter');
  const worker = farm.startWorker({ args: ['--metrics-port', '0', '--recycle-after', '2'] });
  const { url } = await worker.said(({ message }) => message === 'metrics are served');
  const jobs = [1, 2, 3].map((jobId) => farm.job({ scenePath, jobId, numFrames: 2 }));
  // Jobs that want the same scene at once would share a download.
  await farm.send(jobs[0] ?? {});
  await farm.ended(1);
  await farm.send(...jobs.slice(1), farm.job({ scenePath: `${farm.bucket}/not-there.blend`, jobId: 4 }));
  const { results } = await farm.ended(4);
  // All of its frames are there: they are taken over.
  await farm.send(jobs[0] ?? {});
  await farm.ended(5);
  const scrape = await Scrape.when(String(url), (seen) => seen.value('kafka_runner_jobs_total') === 5);
  assert.deepEqual(promlint(scrape), []);
  const value = (name: string, labels = {}) => scrape.value(`kafka_${name}`, labels);
  assert.equal(value('runner_jobs_total', { outcome: 'completed' }), 4);
  assert.equal(value('runner_jobs_total', { outcome: 'rejected', code: 'scene-not-found' }), 1);
  assert.equal(value('render_frame_seconds'), 6, 'frames rendered');
  assert.equal(value('render_frames_delivered_total'), 6);
  assert.equal(value('render_frames_taken_over_total'), 2);
  assert.deepEqual(
    ['hit', 'miss'].map((result) => value('render_scene_cache_requests_total', { result })),
    [3, 1],
  );
  assert.equal(value('render_uploaded_bytes_total'), await bytesBelow(farm, 'out/'));
  const phases = ['loaded', 'queued', 'rendered', 'staged', 'uploaded'];
  assert.deepEqual(scrape.values('kafka_runner_job_phase_seconds', 'phase'), phases);
  const rendered = results.map(({ headers }) => Number(headers['seconds-rendered']));
  const inHeaders = rendered.reduce((sum, seconds) => sum + seconds, 0);
  assert.ok(Math.abs(scrape.sum('kafka_runner_job_phase_seconds', { phase: 'rendered' }) - inHeaders) < 0.01);
  assert.equal(value('runner_resident_replaced_total', { reason: 'old' }), 1);
  assert.ok((value('runner_resident_starts_total', { result: 'ready' }) ?? 0) >= 2);
  assert.equal(value('runner_resident_starts_total', { result: 'failed' }), 0);
  assert.equal(value('render_info', { blender_kind: 'executable' }), 1);
  assert.deepEqual(await worker.stop(), { code: 0, signal: null });
});

async function bytesBelow({ storage, bucket }: RenderFarm, prefix: string): Promise<number> {
  const keys = await storage.keys(bucket, prefix);
  const sizes = await Promise.all(keys.map(async (key) => (await storage.get(bucket, key)).content.length));
  return sizes.reduce((sum, size) => sum + size, 0);
}
