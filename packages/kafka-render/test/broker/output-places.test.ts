import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { RenderFarm, type JobMessage } from '../render-farm.ts';

// Frames lie under the job's output location, under Blender's names, each showing its own number; nothing else is there,
// and nothing stays on the worker's disk. Whatever a path holds is taken literally.

interface Place {
  readonly about: string;
  /** In the farm's bucket. */
  readonly sceneKey: string;
  readonly bucket: 'farm' | 'new';
  readonly prefix: string;
  /** What the job says, when it is not `bucket/prefix`. */
  readonly slash?: string;
  readonly startFrame: number;
  readonly numFrames: number;
}

const plain = { sceneKey: 'counter.blend', bucket: 'farm', startFrame: 7, numFrames: 1 } as const;

const places: readonly Place[] = [
  { ...plain, about: 'a bucket that is not there yet, at its root', bucket: 'new', prefix: '', numFrames: 3 },
  {
    ...plain,
    about: 'the root of a bucket, with a slash behind it',
    bucket: 'new',
    prefix: '',
    slash: '/',
    startFrame: 1,
  },
  { ...plain, about: 'a deep folder', prefix: 'a/b/c/d/e/f/g' },
  { ...plain, about: 'a folder with a slash behind it', prefix: 'with/slash', slash: '/' },
  { ...plain, about: 'frame 0', prefix: 'zero', startFrame: 0 },
  { ...plain, about: 'frames of five digits', prefix: 'five', startFrame: 9_999, numFrames: 2 },
  { ...plain, about: 'the last frame that Blender has', prefix: 'last', startFrame: 1_048_574 },
  { ...plain, about: 'spaces', sceneKey: 'my scenes/shot 7 .blend', prefix: 'my frames/ shot 7' },
  { ...plain, about: 'letters of any script', sceneKey: 'Käfer/日本語 🐞.blend', prefix: 'фильм/çà è́' },
  {
    ...plain,
    about: 'percent signs and what else URLs know',
    sceneKey: '%2e%2e/100%/a+b&c=d?e#f.blend',
    prefix: '%41/a+b&c=d?e#f',
  },
  { ...plain, about: 'dashes in front, like options', sceneKey: '-f/--python=x.blend', prefix: '--output/-o' },
  {
    ...plain,
    about: "what shells and Blender's templates know",
    sceneKey: '$(id)/;`x`*{y}.blend',
    prefix: "it's/####/{frame}/$HOME",
  },
  { ...plain, about: 'a scene without an extension', sceneKey: 'no-extension', prefix: 'without' },
];

test('where frames go', { timeout: 180_000 }, async (t) => {
  const farm = await RenderFarm.open(t);
  for (const key of new Set(places.map(({ sceneKey }) => sceneKey))) await farm.putScene('counter', key);
  const newBucket = `${farm.bucket}-new`;
  const bucketOf = (place: Place): string => (place.bucket === 'new' ? newBucket : farm.bucket);
  const job = (place: Place): JobMessage => {
    const { sceneKey, prefix, slash = '', startFrame, numFrames } = place;
    const outputLocation = `${[bucketOf(place), prefix].filter((part) => part !== '').join('/')}${slash}`;
    return farm.job({ scenePath: `${farm.bucket}/${sceneKey}`, startFrame, numFrames, outputLocation });
  };
  assert.equal(await farm.storage.hasBucket(newBucket), false);
  const worker = farm.startWorker();
  await farm.send(...places.map(job));
  const { errors } = await farm.ended(places.length, 150);
  assert.deepEqual(
    errors.map(({ value }) => value),
    [],
  );

  for (const place of places.filter(({ prefix }) => prefix !== '')) {
    await t.test(place.about, async () => {
      const numbers = Array.from({ length: place.numFrames }, (_, index) => place.startFrame + index);
      const expected = numbers.map((number) => [`${String(number).padStart(4, '0')}.png`, number]);
      assert.deepEqual(await farm.framesAt(place.prefix), Object.fromEntries(expected));
    });
  }

  await t.test('two jobs at the root of a new bucket', async () => {
    const frames = { '0001.png': 1, '0007.png': 7, '0008.png': 8, '0009.png': 9 };
    assert.deepEqual(await farm.framesAt('', newBucket), frames);
    assert.equal((await farm.storage.get(newBucket, '0007.png')).contentType, 'image/png');
  });

  await t.test('nothing else was written to storage', async () => {
    const frames = places.filter(({ bucket }) => bucket === 'farm').reduce((sum, { numFrames }) => sum + numFrames, 0);
    const scenes = new Set(places.map(({ sceneKey }) => sceneKey)).size;
    assert.equal((await farm.storage.keys(farm.bucket)).length, frames + scenes);
  });

  await t.test('nothing stays in tmp_render_out', async () => {
    const folder = path.join(farm.folder.cwd, 'tmp_render_out');
    const [own = '', ...others] = await readdir(folder);
    assert.deepEqual(others, []);
    const left = await readdir(path.join(folder, own));
    assert.deepEqual(
      left.filter((name) => !name.startsWith('resident-')),
      [],
    );
    for (const resident of left) assert.deepEqual(await readdir(path.join(folder, own, resident, 'work')), []);
    await worker.stop();
    assert.deepEqual(await readdir(folder), []);
  });
});
