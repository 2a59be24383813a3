// What the headers of a result say of how it came about is true: where the time went, what rendered, and one sum over all the
// frames, which anybody can compute from what is in storage.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { probeBlender } from '../../src/blender/blender-version.ts';
import type { KafkaRecord } from '../kafka-python.ts';
import { RenderFarm, type JobMessage } from '../render-farm.ts';

/** As `docs/provenance.md` says it. */
const sumOfSums = String.raw`find . -type f -printf '%P\n' | LC_ALL=C sort | xargs -d '\n' sha256sum | sha256sum`;

/** The combined SHA-256 of everything below a place, by the command of the docs. */
async function sumOf(farm: RenderFarm, place: string): Promise<string> {
  const copy = path.join(farm.folder.cwd, 'copy', place);
  for (const key of await farm.storage.keys(farm.bucket, `${place}/`)) {
    const file = path.join(copy, path.posix.relative(place, key));
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, (await farm.storage.get(farm.bucket, key)).content);
  }
  return execFileSync('sh', ['-c', sumOfSums], { cwd: copy, encoding: 'utf8' }).slice(0, 64);
}

function phasesOf({ headers }: KafkaRecord): Record<string, number> {
  const found = Object.entries(headers).flatMap(([name, value]) => {
    const [, phase] = /^seconds-(\w+)$/.exec(name) ?? [];
    return phase === undefined ? [] : [[phase, Number(value)]];
  });
  return Object.fromEntries(found) as Record<string, number>;
}

/** The phases are the whole, and the whole is the time between the two records. */
function assertAddUp(sent: KafkaRecord | undefined, ended: KafkaRecord): void {
  const { total = 0, ...phases } = phasesOf(ended);
  const sum = Object.values(phases).reduce((a, b) => a + b);
  assert.ok(Math.abs(sum - total) <= 0.02 * total, `${JSON.stringify(phases)} are ${sum} s, and the whole ${total} s`);
  const between = (ended.timestamp - (sent?.timestamp ?? 0)) / 1_000;
  // Timestamps are whole milliseconds, and the client's thread takes its time.
  const slack = 0.02 * between + 0.02;
  assert.ok(Math.abs(between - total) <= slack, `${between} s between the records, and the whole is ${total} s`);
}

for (const mode of ['resident', 'cold'] as const) {
  test(`a still and an animation, ${mode}`, { timeout: 120_000 }, async (t) => {
    const farm = await RenderFarm.open(t);
    const scenePath = await farm.putScene('slow-counter');
    const [still, animation] = [
      farm.job({ scenePath }),
      farm.job({ scenePath, jobId: 2, startFrame: 1, numFrames: 12 }),
    ];
    farm.startWorker({ args: ['--blender-mode', mode, '--threads', '2'] });
    await farm.send(still, animation);
    const { results } = await farm.ended(2);
    const sent = (await farm.kafka.read([farm.topics.jobs], 2))[farm.topics.jobs];
    const { etag } = await farm.storage.stat(farm.bucket, 'scenes/slow-counter.blend');
    for (const [index, result] of results.entries()) {
      const { jobId, numFrames } = [still, animation][index] as JobMessage;
      assertAddUp(sent?.[index], result);
      const expected = {
        'scene-etag': etag,
        'blender-version': (await probeBlender('blender')).version,
        engine: 'CYCLES',
        device: 'CPU',
        threads: '2',
        attempt: '1',
        frames: String(numFrames),
        'frame-files': String(numFrames),
        'frames-sha256': await sumOf(farm, `out/${String(jobId)}`),
      };
      assert.partialDeepStrictEqual(result.headers, expected);
      const { queued = 0, staged = 0, loaded = 0, rendered = 0, uploaded = 0 } = phasesOf(result);
      for (const seconds of [queued, staged, loaded, uploaded]) assert.ok(seconds > 0);
      assert.ok(rendered > 0.05 * Number(numFrames), `${rendered} s for ${String(numFrames)} frames`);
      const body = JSON.parse(result.value ?? '') as Record<string, unknown>;
      assert.deepEqual(Object.keys(body), ['renderJob', 'timestamp', 'elapsedTime']);
      // The one who waits for a resident Blender to start is at the phase, but not at the command.
      assert.ok(Number(body['elapsedTime']) <= loaded + rendered + 0.001);
      assert.ok(Number(body['elapsedTime']) >= rendered - 0.001);
    }
  });
}

test('frames of an attempt that was killed count', { timeout: 120_000 }, async (t) => {
  const farm = await RenderFarm.open(t);
  const scenePath = await farm.putScene('slow-counter');
  const killed = farm.startWorker({ args: ['-d'] });
  await farm.send(farm.job({ scenePath, startFrame: 1, numFrames: 30 }));
  await killed.said(({ message }) => message.includes("0012.png'"));
  killed.kill('SIGKILL');
  await killed.ended;
  farm.startWorker();
  const { results } = await farm.ended(1, 90);
  const sent = (await farm.kafka.read([farm.topics.jobs], 1))[farm.topics.jobs];
  const [result] = results;
  assert.ok(result);
  assert.ok(Number(result.headers['frames-delivered-before']) > 0);
  assert.partialDeepStrictEqual(result.headers, {
    frames: '30',
    'frame-files': '30',
    'frames-sha256': await sumOf(farm, 'out/1'),
  });
  assertAddUp(sent?.[0], result);
  const { queued = 0 } = phasesOf(result);
  assert.ok(queued > 5, 'the attempt of the dead worker, and the wait for its session to end');
});

test('all files of a frame count, also when nothing is left to render', { timeout: 60_000 }, async (t) => {
  const farm = await RenderFarm.open(t);
  const scenePath = await farm.putScene('file-output-node');
  const job = farm.job({ scenePath, startFrame: 1, numFrames: 3 });
  farm.startWorker();
  await farm.send(job);
  await farm.ended(1);
  await farm.send(job);
  const { results } = await farm.ended(2);
  const expected = { frames: '3', 'frame-files': '9', 'frames-sha256': await sumOf(farm, 'out/1') };
  for (const { headers } of results) assert.partialDeepStrictEqual(headers, expected);
  assert.equal(results[1]?.headers['frames-delivered-before'], '3');
  const phases = phasesOf(results[1]);
  assert.deepEqual(Object.keys(phases).toSorted(), ['queued', 'staged', 'total', 'uploaded']);
});

test('a job that fails says what is known of it, too', { timeout: 60_000 }, async (t) => {
  const farm = await RenderFarm.open(t);
  const scenePath = await farm.putScene('slow');
  farm.startWorker({ args: ['--max-attempts', '1', '--job-timeout', '8'] });
  await farm.send(farm.job({ scenePath }), farm.job({ scenePath: `${farm.bucket}/none.blend`, jobId: 2 }));
  const { errors } = await farm.ended(2);
  const { etag } = await farm.storage.stat(farm.bucket, 'scenes/slow.blend');
  const expected = { 'scene-etag': etag, engine: 'CYCLES', device: 'CPU' };
  assert.partialDeepStrictEqual(errors[0]?.headers, expected);
  for (const name of Object.keys(expected)) assert.equal(errors[1]?.headers[name], undefined, name);
  assert.equal(errors[0]?.headers['frames'], undefined, 'there are none');
  const [late, missing] = errors.map(phasesOf);
  assert.ok((late?.['rendered'] ?? 0) > 2, JSON.stringify(late));
  assert.deepEqual(Object.keys(missing ?? {}).toSorted(), ['queued', 'staged', 'total']);
});
