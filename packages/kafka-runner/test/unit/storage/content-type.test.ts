import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contentTypeOf } from '../../../src/storage/content-type.ts';

const TYPES = {
  'a/0001.png': 'image/png',
  '0001.jpg': 'image/jpeg',
  '0001.JPEG': 'image/jpeg',
  '0001.exr': 'image/x-exr',
  '0001.tif': 'image/tiff',
  '0001.tiff': 'image/tiff',
  '0001.webp': 'image/webp',
  '0001.bmp': 'image/bmp',
  '0001.tga': 'image/x-tga',
  '0001.hdr': 'image/vnd.radiance',
  '0001.dpx': 'image/dpx',
  '0001.cin': 'image/cineon',
  '0001.jp2': 'image/jp2',
  '0001-0100.mp4': 'video/mp4',
  'scene.blend': 'application/x-blender',
  '0001': 'application/octet-stream',
  'folder.png/0001': 'application/octet-stream',
  '0001.unheard-of': 'application/octet-stream',
};

for (const [name, type] of Object.entries(TYPES)) {
  test(`${name} is ${type}`, () => assert.equal(contentTypeOf(name), type));
}
