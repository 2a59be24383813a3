import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entryName, isEntryName, sceneFileName } from '../../../src/scene-cache/entry-name.ts';

test('bucket, key and ETag each make another entry', () => {
  const names = [
    entryName({ bucket: 'one', key: 'a/cube.blend' }, '"1"'),
    entryName({ bucket: 'two', key: 'a/cube.blend' }, '"1"'),
    entryName({ bucket: 'one', key: 'b/cube.blend' }, '"1"'),
    entryName({ bucket: 'one', key: 'a/cube.blend' }, '"2"'),
    entryName({ bucket: 'one', key: 'a/cube.blend"1' }, '"'),
  ];
  assert.equal(new Set(names).size, names.length);
  assert.equal(entryName({ bucket: 'one', key: 'a/cube.blend' }, '"1"'), names[0]);
  for (const name of names.slice(0, 4)) assert.match(name, /^[0-9a-f]{32}-cube\.blend$/);
});

test('tells entries from what people put beside them', () => {
  assert.ok(isEntryName(entryName({ bucket: 'one', key: '-' }, '""')));
  for (const name of ['cube.blend', '.workers', `${'0'.repeat(32)}.blend`, `${'0'.repeat(32)}-`])
    assert.ok(!isEntryName(name));
});

test('the file keeps its name, without a dash in front', () => {
  assert.equal(sceneFileName('a/b/my scene 100%.blend'), 'my scene 100%.blend');
  assert.equal(sceneFileName('a/--python.blend'), '_--python.blend');
  assert.equal(sceneFileName('-'), '_-');
});

test('a long name loses its beginning, in whole characters', () => {
  for (const letter of ['n', 'ü', '🎬']) {
    const name = sceneFileName(`${letter.repeat(Math.floor(249 / Buffer.byteLength(letter)))}.blend`);
    assert.ok(Buffer.byteLength(name) <= 200);
    assert.match(name, new RegExp(`^(${letter}){45,}\\.blend$`, 'u'));
  }
});
