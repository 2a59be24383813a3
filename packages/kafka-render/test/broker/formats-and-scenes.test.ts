import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp from 'sharp';
import type { SceneName } from '../../../../lab/scenes/scene-names.ts';
import { frameShown } from '../pictures.ts';
import { RenderFarm } from '../render-farm.ts';

// Of every kind of scene exactly the rendered files arrive, whole, with the right media type and under Blender's names;
// the result's headers say what rendered them.

interface Case {
  readonly scene: SceneName;
  readonly files: Readonly<Record<string, string>>;
  /** How far the colour may be off; undefined: no colour proves the frame. */
  readonly tolerance?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

const driver = { engine: 'BLENDER_EEVEE', device: 'DRIVER' };

const cases: readonly Case[] = [
  { scene: 'jpeg', files: { '0007.jpg': 'image/jpeg' }, tolerance: 2 },
  { scene: 'tiff', files: { '0007.tif': 'image/tiff' }, tolerance: 0 },
  { scene: 'webp', files: { '0007.webp': 'image/webp' }, tolerance: 0 },
  { scene: 'png-16', files: { '0007.png': 'image/png' }, tolerance: 0 },
  { scene: 'exr', files: { '0007.exr': 'image/x-exr' } },
  { scene: 'exr-multilayer', files: { '0007.exr': 'image/x-exr' } },
  { scene: 'stereo', files: { '0007_L.png': 'image/png', '0007_R.png': 'image/png' }, tolerance: 0 },
  {
    scene: 'file-output-node',
    files: { '0007.png': 'image/png', 'Beauty/_image0007.png': 'image/png', 'Data/_image0007.exr': 'image/x-exr' },
    tolerance: 0,
  },
  { scene: 'eevee', files: { '0007.png': 'image/png' }, headers: driver },
  { scene: 'big', files: { '0007.png': 'image/png' } },
  { scene: 'scripts', files: { '0007.png': 'image/png' }, tolerance: 0 },
];

test('kinds of scenes', { timeout: 180_000 }, async (t) => {
  const farm = await RenderFarm.open(t);
  const jobs = [];
  for (const [jobId, { scene }] of cases.entries())
    jobs.push(farm.job({ jobId, scenePath: await farm.putScene(scene) }));
  const worker = farm.startWorker();
  await farm.send(...jobs);
  const { results, errors } = await farm.ended(cases.length, 150);
  assert.deepEqual(
    errors.map(({ value }) => value),
    [],
  );

  for (const [jobId, { scene, files, tolerance, headers = {} }] of cases.entries()) {
    await t.test(scene, async () => {
      const place = `out/${jobId}/`;
      const keys = await farm.storage.keys(farm.bucket, place);
      assert.deepEqual(
        keys.map((key) => key.slice(place.length)),
        Object.keys(files),
      );
      for (const [name, mediaType] of Object.entries(files)) {
        const { content, contentType } = await farm.storage.get(farm.bucket, `${place}${name}`);
        assert.equal(contentType, mediaType, name);
        await assertShows(content, mediaType, tolerance);
      }
      const said = results[jobId]?.headers ?? {};
      assert.partialDeepStrictEqual(said, { 'job-offset': String(jobId), engine: 'CYCLES', device: 'CPU', ...headers });
      assert.equal('scripts-blocked' in said, scene === 'scripts');
    });
  }

  await t.test('scripts of a scene that were not run: a warning', () => {
    const warnings = worker.log.filter(({ level }) => level === 'warn');
    assert.deepEqual(
      warnings.map(({ code, offset }) => ({ code, scene: cases[offset ?? -1]?.scene })),
      [{ code: 'scripts-blocked', scene: 'scripts' }],
    );
  });
});

/** OpenEXR begins with its magic number; sharp cannot read the rest, test/broker/blender looks at that. */
async function assertShows(content: Buffer, mediaType: string, tolerance: number | undefined): Promise<void> {
  if (mediaType === 'image/x-exr') {
    assert.equal(content.readUInt32LE(0), 20_000_630);
    return;
  }
  if (tolerance === undefined) {
    const { width, height } = await sharp(content).metadata();
    assert.deepEqual({ width, height }, { width: 64, height: 64 });
    return;
  }
  const frame = await frameShown(content, tolerance);
  assert.ok(Math.abs((frame & 255) - 7) <= tolerance, `shows ${frame}`);
}
