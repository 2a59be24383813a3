// Whatever stands in the report of a hostile Blender: each line is an event or nothing, the verdict is a scene or an error with a
// code, and no file outside of the job's folder is ever taken for a frame.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { JobError } from 'kafka-runner';
import sharp from 'sharp';
import { anyJson, anyText, fuzz, fuzzSlowly } from '../../../../kafka-runner/test/unit/fuzz/fuzz-runs.ts';
import { parseProgressLine } from '../../../src/blender/progress-line.ts';
import { parseReport } from '../../../src/blender/render-report.ts';
import { renderedScene } from '../../../src/blender/render-verdict.ts';
import { expectedFiles, proveFile, verifyFrames } from '../../../src/frames/verify-frames.ts';
import { sceneEvent } from '../blender/scene-event.ts';

const name = fc.oneof(
  anyText,
  fc.constantFrom('0007.png', 'link/0007.png', '../other/0007.png', 'inside/../../other/0007.png', '/etc/passwd'),
);
const number = fc.oneof(fc.integer(), fc.double(), fc.constant(null));
const frame = fc.record({
  event: fc.constant('frame' as const),
  frame: fc.integer({ min: 0, max: 12 }),
  files: fc.array(fc.record({ path: name, bytes: fc.nat() }), { maxLength: 4 }),
  elapsedSeconds: fc.double({ noNaN: true }),
  blockedScripts: fc.constantFrom(null, 'x'),
});
const scene = fc
  .record({
    mainFiles: fc.array(
      name.map((text) => `${text}####`),
      { minLength: 1, maxLength: 3 },
    ),
  })
  .map(sceneEvent);
const done = fc.record({
  event: fc.constantFrom('done', 'error', 'scene', 'x'),
  code: anyText,
  message: anyText,
  framesWritten: number,
  blockedScripts: anyText,
});
const line = fc.oneof(
  fc.oneof(frame, scene, done).map((event) => JSON.stringify(event)),
  anyJson,
  anyText,
);

test('reports', () => {
  const end = fc.record({
    exitCode: fc.oneof(fc.integer({ min: 0, max: 30 }), fc.constant(null)),
    signal: fc.constantFrom(null, 'SIGSEGV'),
  });
  fuzz(
    fc.property(fc.array(line, { maxLength: 8 }), end, (lines, ended) => {
      const report = parseReport(lines.join('\n'));
      for (const text of lines) parseProgressLine(text);
      try {
        assert.equal(renderedScene(ended, report, lines).event, 'scene');
        assert.deepEqual([ended.exitCode, ended.signal], [0, null]);
      } catch (error) {
        assert.ok(error instanceof JobError && error.code !== undefined, String(error));
      }
    }),
  );
});

test('files that a report names', { timeout: 3_600_000 }, async (t) => {
  const root = await mkdtemp(path.join(tmpdir(), 'fuzz-report-'));
  t.after(() => rm(root, { recursive: true }));
  const folder = path.join(root, 'frames');
  for (const each of ['frames/inside', 'other']) await mkdir(path.join(root, each), { recursive: true });
  const picture = await sharp({ create: { width: 64, height: 64, channels: 3, background: 'teal' } })
    .png()
    .toBuffer();
  for (const each of ['frames/0007.png', 'other/0007.png']) await writeFile(path.join(root, each), picture);
  await symlink(path.join(root, 'other'), path.join(folder, 'link'));
  await fuzzSlowly(
    fc.asyncProperty(scene, fc.array(frame, { maxLength: 3 }), async (said, frames) => {
      for (const file of expectedFiles([7], said, frames).values()) {
        const proof = await proveFile(folder, sceneEvent(), file.path, file).catch((error: unknown) => error);
        if (proof instanceof JobError) continue;
        const { absolutePath } = proof as { absolutePath: string };
        assert.equal(path.normalize(absolutePath), path.join(folder, '0007.png'), file.path);
      }
      const verdict = await verifyFrames(folder, [{ first: 7, last: 7 }], said, frames).catch(
        (error: unknown) => error,
      );
      assert.ok(verdict instanceof JobError, 'a link in the folder is refused in any case');
    }),
  );
});
