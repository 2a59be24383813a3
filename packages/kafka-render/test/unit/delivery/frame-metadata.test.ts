import assert from 'node:assert/strict';
import { test } from 'node:test';
import { frameMetadata, parseFrameMetadata, type DeliveredFile } from '../../../src/delivery/frame-metadata.ts';

const file: DeliveredFile = {
  fingerprint: 'abc',
  frame: 7,
  files: ['0007.png', 'Tiefe/Bild ä0007.exr'],
  sha256: 'f00d',
  bytes: 3300,
  provenance: {
    blenderVersion: '3.4.1',
    engine: 'CYCLES',
    device: { requested: 'GPU', used: 'GPU', backend: 'OPTIX', names: ['One'] },
    threads: 8,
    blockedScripts: 'on_open.py',
    missingAssets: '//gone.png',
  },
};

test('what goes up comes back', () => assert.deepEqual(parseFrameMetadata(frameMetadata(file)), file));

test('what is not there stays away', () => {
  const { provenance } = file;
  const plain = {
    ...file,
    provenance: {
      ...provenance,
      threads: undefined,
      blockedScripts: null,
      missingAssets: null,
      device: { ...provenance.device, backend: null, names: [] },
    },
  };
  assert.deepEqual(parseFrameMetadata(frameMetadata(plain)), plain);
});

test('a frame of so many files that they do not fit is not found again', () => {
  const files = Array.from({ length: 100 }, (_, index) => `Layer ${index}/0007.exr`);
  const metadata = frameMetadata({ ...file, files });
  assert.equal(metadata['frame-files'], undefined);
  assert.equal(parseFrameMetadata(metadata), undefined);
});

test('all of it is less than the 2 KB that S3 allows, whatever the names', () => {
  const long = 'ä'.repeat(5_000);
  const device = { ...file.provenance.device, names: [long] };
  const metadata = frameMetadata({
    ...file,
    files: ['ä'.repeat(390)],
    provenance: { ...file.provenance, device, blockedScripts: long, missingAssets: long },
  });
  const bytes = Object.entries(metadata).map(
    ([name, value]) => name.length + Math.ceil(Buffer.byteLength(value) * 1.4) + 12,
  );
  assert.ok(bytes.reduce((sum, length) => sum + length) < 2_048);
});

test('an object of somebody else', () => {
  const others = [{}, { frame: '7' }, { ...frameMetadata(file), 'frame-files': 'no JSON' }];
  for (const metadata of [...others, { ...frameMetadata(file), 'frame-files': '[]' }]) {
    assert.equal(parseFrameMetadata(metadata), undefined);
  }
});
