import type { SceneEvent } from '../../../src/blender/render-report.ts';

/** What Blender says of a plain scene of 64 x 64 pixels. */
export function sceneEvent(changes: Partial<SceneEvent> = {}): SceneEvent {
  return {
    event: 'scene',
    protocol: 1,
    blenderVersion: '3.4.1',
    scene: 'Scene',
    engine: 'CYCLES',
    format: 'PNG',
    extension: '.png',
    width: 64,
    height: 64,
    mainFiles: ['####.png'],
    device: { requested: 'CPU', used: 'CPU', backend: null, names: [] },
    blockedScripts: null,
    threads: 2,
    simulations: [],
    monotonicSeconds: 100,
    missingAssets: null,
    ...changes,
  };
}
