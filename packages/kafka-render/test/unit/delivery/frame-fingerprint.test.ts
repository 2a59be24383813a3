import assert from 'node:assert/strict';
import { test } from 'node:test';
import { frameFingerprint, type FrameOrigin } from '../../../src/delivery/frame-fingerprint.ts';

const origin: FrameOrigin = {
  renderJob: {
    scene: { bucket: 'scenes', key: 'a.blend' },
    output: { bucket: 'frames', key: 'a' },
    sender: { jobId: '1', timestamp: '2.5' },
    useGpu: false,
  },
  sceneEtag: '"e"',
  assets: [{ name: 'a.png', etag: '"a"' }],
  settings: { gpuMissing: 'cpu', missingAssets: 'fail', blockedScripts: 'render' },
  blenderVersion: '3.4.1',
  version: '0.1.0',
};
const { renderJob, settings } = origin;

test('whatever decides the pixels, or whose they are, changes it', () => {
  const others: FrameOrigin[] = [
    { ...origin, sceneEtag: '"f"' },
    { ...origin, assets: [] },
    { ...origin, assets: [{ name: 'a.png', etag: '"b"' }] },
    { ...origin, assets: [{ name: 'b.png', etag: '"a"' }] },
    { ...origin, blenderVersion: '3.4.2' },
    { ...origin, version: '0.1.1' },
    { ...origin, settings: { ...settings, gpuMissing: 'fail' } },
    { ...origin, settings: { ...settings, missingAssets: 'warn' } },
    { ...origin, settings: { ...settings, blockedScripts: 'fail' } },
    { ...origin, settings: { ...settings, allowScripts: true } },
    { ...origin, renderJob: { ...renderJob, useGpu: true } },
    { ...origin, renderJob: { ...renderJob, scene: { bucket: 'scenes', key: 'b.blend' } } },
    { ...origin, renderJob: { ...renderJob, output: { bucket: 'frames', key: 'b' } } },
    { ...origin, renderJob: { ...renderJob, sender: { jobId: '2', timestamp: '2.5' } } },
    { ...origin, renderJob: { ...renderJob, sender: { jobId: '1', timestamp: '3' } } },
  ];
  const all = [frameFingerprint(origin, 7), frameFingerprint(origin, 8), ...others.map((o) => frameFingerprint(o, 7))];
  assert.equal(new Set(all).size, all.length);
});

test('the same again: the same', () => {
  assert.equal(frameFingerprint(structuredClone(origin), 7), frameFingerprint(origin, 7));
});
