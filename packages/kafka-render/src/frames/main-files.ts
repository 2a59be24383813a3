import type { SceneEvent } from '../blender/render-report.ts';

/** The names of a frame's own files: `0007.png`, or `0007_L.png` and `0007_R.png` of a stereo scene. */
export function mainFileNames(scene: Pick<SceneEvent, 'mainFiles'>, frame: number): string[] {
  const number = String(frame).padStart(4, '0');
  return scene.mainFiles.map((name) => name.replace('####', number));
}
