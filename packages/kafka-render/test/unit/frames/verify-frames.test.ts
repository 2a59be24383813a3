import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { FailedError } from 'kafka-runner';
import sharp from 'sharp';
import type { FrameEvent } from '../../../src/blender/render-report.ts';
import { proveFile, verifyFrames } from '../../../src/frames/verify-frames.ts';
import { sceneEvent } from '../blender/scene-event.ts';

const ranges = [{ first: 7, last: 9 }];
const names = ['0007.png', '0008.png', '0009.png'];

async function picture(file: string, width = 64, height = 64): Promise<void> {
  await sharp({ create: { width, height, channels: 3, background: 'teal' } })
    .png()
    .toFile(file);
}

/** A job's folder with all frames in it. */
async function rendered(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'job-'));
  t.after(() => rm(folder, { recursive: true }));
  await Promise.all(names.map((name) => picture(join(folder, name))));
  return folder;
}

function frameEvent(frame: number, path: string): FrameEvent {
  return { event: 'frame', frame, files: [{ path, bytes: 1 }], elapsedSeconds: 1, blockedScripts: null };
}

const fails = (code: string, pattern: RegExp) => (error: Error) =>
  error instanceof FailedError && error.code === code && pattern.test(error.message);

test('a frame that lies elsewhere, by its name or through a link, is none', async (t) => {
  const [folder, other] = [await rendered(t), await rendered(t)];
  await symlink(other, join(folder, 'view'));
  await symlink(join(other, '0007.png'), join(folder, '0010.png'));
  const elsewhere = join('..', other.slice(dirname(other).length + 1), '0007.png');
  for (const path of [elsewhere, join(other, '0007.png'), 'view/0007.png', '0010.png']) {
    await assert.rejects(proveFile(folder, sceneEvent(), path, undefined), fails('frame-invalid', /./), path);
  }
  const asFolder = join(folder, 'view');
  await assert.rejects(proveFile(asFolder, sceneEvent(), '0007.png', undefined), fails('frame-invalid', /a link/));
});

test('all frames are there and whole', async (t) => {
  const folder = await rendered(t);
  const frames = await verifyFrames(folder, ranges, sceneEvent());
  assert.deepEqual(
    frames.map(({ path, frame, absolutePath }) => [path, frame, absolutePath]),
    names.map((name, at) => [name, 7 + at, join(folder, name)]),
  );
  assert.ok(frames.every(({ bytes }) => bytes > 100));
});

test('a frame is missing', async (t) => {
  const folder = await rendered(t);
  await rm(join(folder, '0008.png'));
  await assert.rejects(verifyFrames(folder, ranges, sceneEvent()), fails('frame-missing', /frame 8 .*0008\.png/));
});

test('a frame that was delivered need not be there; one that is there is looked at all the same', async (t) => {
  const folder = await rendered(t);
  const known = { prove: proveFile, isDelivered: (path: string) => path !== '0009.png' };
  await rm(join(folder, '0008.png'));
  const frames = await verifyFrames(folder, ranges, sceneEvent(), [], known);
  assert.deepEqual(
    frames.map(({ path }) => path),
    ['0007.png', '0009.png'],
  );
  await rm(join(folder, '0009.png'));
  await assert.rejects(verifyFrames(folder, ranges, sceneEvent(), [], known), fails('frame-missing', /frame 9/));
  await picture(join(folder, '0009.png'));
  await truncate(join(folder, '0007.png'));
  await assert.rejects(verifyFrames(folder, ranges, sceneEvent(), [], known), fails('frame-invalid', /0007\.png/));
});

test('one view of a stereo frame is missing', async (t) => {
  const scene = sceneEvent({ mainFiles: ['####.png', '####_R.png'] });
  await assert.rejects(verifyFrames(await rendered(t), ranges, scene), fails('frame-missing', /frame 7 .*0007_R\.png/));
});

const damages: readonly [string, (file: string) => Promise<void>, RegExp][] = [
  ['empty', (file) => truncate(file), /it is empty/],
  ['cut off', (file) => truncate(file, 150), /not a whole picture/],
  ['of another size', (file) => picture(file, 64, 32), /64 x 32 pixels instead of 64 x 64/],
  ['not a picture', (file) => writeFile(file, 'Saved: 0008.png'), /unsupported/],
  ['a link', async (file) => (await rm(file), await symlink('0007.png', file)), /not a regular file/],
];
for (const [name, damage, message] of damages) {
  test(`a frame is ${name}`, async (t) => {
    const folder = await rendered(t);
    await damage(join(folder, '0008.png'));
    await assert.rejects(verifyFrames(folder, ranges, sceneEvent()), fails('frame-invalid', message));
    await assert.rejects(verifyFrames(folder, ranges, sceneEvent()), fails('frame-invalid', /frame 8, file 0008\.png/));
  });
}

test('a size that the scene did not announce is not asked for', async (t) => {
  const folder = await rendered(t);
  await picture(join(folder, '0008.png'), 63, 62);
  assert.equal((await verifyFrames(folder, ranges, sceneEvent({ width: null, height: null }))).length, 3);
});

test('files of File Output nodes: any size, but whole, and there when reported', async (t) => {
  const folder = await rendered(t);
  await mkdir(join(folder, 'Depth'));
  await picture(join(folder, 'Depth/0007.png'), 10, 10);
  const reported = frameEvent(7, 'Depth/0007.png');
  const frames = await verifyFrames(folder, ranges, sceneEvent(), [reported]);
  assert.deepEqual(frames.map(({ path, frame }) => [path, frame]).at(-1), ['Depth/0007.png', 7]);
  await truncate(join(folder, 'Depth/0007.png'), 20);
  await assert.rejects(verifyFrames(folder, ranges, sceneEvent()), fails('frame-invalid', /file Depth\/0007\.png/));
  await rm(join(folder, 'Depth'), { recursive: true });
  await assert.rejects(
    verifyFrames(folder, ranges, sceneEvent(), [reported]),
    fails('frame-missing', /Depth\/0007\.png/),
  );
});

test('a file that nobody expected must be a picture too', async (t) => {
  const folder = await rendered(t);
  await writeFile(join(folder, 'core'), 'dumped');
  await assert.rejects(verifyFrames(folder, ranges, sceneEvent()), fails('frame-invalid', /^file core/));
});

test('a frame written again under the same name is judged anew', async (t) => {
  const file = join(await rendered(t), '0008.webp');
  await sharp(join(dirname(file), '0008.png'))
    .webp({ lossless: true })
    .toFile(file);
  assert.equal((await verifyFrames(dirname(file), ranges, sceneEvent())).length, 4);
  await truncate(file, (await stat(file)).size - 1);
  await assert.rejects(verifyFrames(dirname(file), ranges, sceneEvent()), fails('frame-invalid', /0008\.webp/));
});

test("a reported path that leads out of the job's folder is not looked at", async (t) => {
  const [folder, other] = [await rendered(t), await rendered(t)];
  await symlink(other, join(folder, 'link'));
  await mkdir(join(folder, 'inside'));
  await picture(join(folder, 'inside/0007.png'));
  await proveFile(folder, sceneEvent(), 'inside/0007.png', undefined);
  const elsewhere = `../${other.split('/').at(-1)}/0007.png`;
  for (const path of ['link/0007.png', elsewhere, `inside/../${elsewhere}`])
    await assert.rejects(
      proveFile(folder, sceneEvent(), path, undefined),
      fails('frame-invalid', /outside of the job/),
    );
});
