import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { exitCodes, refusalOfExitCode } from '../../../src/blender/exit-codes.ts';
import { pictureChecks } from '../../../src/frames/check-picture.ts';

const python = join(import.meta.dirname, '../../../blender/kafka_render');

test('Python and TypeScript have the same table of refusals', async () => {
  const source = await readFile(join(python, 'refusals.py'), 'utf8');
  const table = [...source.matchAll(/^ {4}'([a-z-]+)': (\d+),/gm)].map(([, code, number]) => [code, Number(number)]);
  assert.deepEqual(Object.fromEntries(table), exitCodes);
});

test('no two refusals share an exit code, and none takes one of Blender or of argparse', () => {
  const numbers = Object.values(exitCodes);
  assert.equal(new Set(numbers).size, numbers.length);
  assert.ok(numbers.every((number) => number > 2 && number < 126));
});

test('a refusal is found by its exit code', () => {
  assert.deepEqual([12, 1, 0, null].map(refusalOfExitCode), ['no-camera', undefined, undefined, undefined]);
});

/** What Blender appends to the names of each format's files. */
const extensions: Readonly<Record<string, string>> = {
  PNG: '.png',
  JPEG: '.jpg',
  TIFF: '.tif',
  WEBP: '.webp',
  OPEN_EXR: '.exr',
  OPEN_EXR_MULTILAYER: '.exr',
  BMP: '.bmp',
  CINEON: '.cin',
  DPX: '.dpx',
  HDR: '.hdr',
  IRIS: '.rgb',
  JPEG2000: '.jp2',
  TARGA: '.tga',
  TARGA_RAW: '.tga',
};

test('every format that Blender may write can be verified', async () => {
  const source = await readFile(join(python, 'output.py'), 'utf8');
  const [, list = ''] = /SUPPORTED_FORMATS = \((.*?)^\)/ms.exec(source) ?? [];
  const formats = [...list.matchAll(/'(\w+)'/g)].map(([, name = '']) => name);
  assert.deepEqual(formats.toSorted(), Object.keys(extensions).toSorted());
  assert.deepEqual(
    formats.filter((name) => !pictureChecks[extensions[name] ?? '']),
    [],
  );
});
