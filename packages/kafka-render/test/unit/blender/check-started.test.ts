import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UnavailableError } from 'kafka-runner';
import { checkStarted } from '../../../src/blender/check-started.ts';
import { sceneEvent } from './scene-event.ts';

const said = ['blender: error while loading shared libraries: libX11.so.6'];

test('a Blender that the system cannot run is the fault of the machine', () => {
  for (const exitCode of [126, 127])
    assert.throws(
      () => checkStarted({ exitCode }, { frames: [] }, said),
      (error) => error instanceof UnavailableError && error.message.includes('libX11.so.6'),
    );
});

test('any other end is for the verdict, and so is that of a Blender that has said something', () => {
  for (const exitCode of [0, 1, 11, null]) checkStarted({ exitCode }, { frames: [] }, said);
  checkStarted({ exitCode: 127 }, { frames: [], scene: sceneEvent() }, said);
  checkStarted({ exitCode: 127 }, { frames: [], error: { event: 'error', code: 'no-camera', message: '' } }, said);
});
