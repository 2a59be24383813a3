import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mainFileNames } from '../../../src/frames/main-files.ts';

test('numbers have at least four digits', () => {
  const names = [0, 7, 12345, 1048574].flatMap((frame) => mainFileNames({ mainFiles: ['####.png'] }, frame));
  assert.deepEqual(names, ['0000.png', '0007.png', '12345.png', '1048574.png']);
});

test('one file for each view', () => {
  const mainFiles = ['####_L.png', '####_R.png'];
  assert.deepEqual(mainFileNames({ mainFiles }, 7), ['0007_L.png', '0007_R.png']);
});
