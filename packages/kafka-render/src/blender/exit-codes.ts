/**
 * Why `render_frames.py` did not render, and the exit code of each. The same table is in
 * `blender/kafka_render/refusals.py`; a test compares them.
 */
export const exitCodes = {
  'script-error': 10,
  'scene-not-loaded': 11,
  'no-camera': 12,
  'movie-format': 13,
  'format-unsupported': 14,
  'resolution-too-large': 15,
  'gpu-missing': 16,
  'asset-missing': 17,
  'scripts-blocked': 18,
  'render-error': 19,
  'frame-out-of-range': 20,
  'engine-missing': 21,
  'denoiser-missing': 22,
  'nothing-to-render': 23,
} as const;

export type RefusalCode = keyof typeof exitCodes;

/** What went wrong while rendering; every other refusal is the scene's or the job's own fault. */
const failures: ReadonlySet<RefusalCode> = new Set(['script-error', 'scene-not-loaded', 'render-error']);

export function isFailure(code: RefusalCode): boolean {
  return failures.has(code);
}

export function refusalOfExitCode(exitCode: number | null): RefusalCode | undefined {
  const entry = Object.entries(exitCodes).find(([, value]) => value === exitCode);
  return entry?.[0] as RefusalCode | undefined;
}
