/** What a line of Blender's log says about progress; a hint for a display, never evidence. */
export type RenderProgress = {
  readonly frame?: number;
  /** Samples of the current frame done so far (tiles in 2.8x). */
  readonly samples?: number;
  readonly samplesTotal?: number;
  readonly remainingSeconds?: number;
  readonly memoryMebibytes?: number;
};

/**
 * Reads one line; undefined when it says nothing about progress. Fields come in any order, and may be glued: each is looked
 * for on its own. More digits than anything of Blender's has are nothing of Blender's.
 */
export function parseProgressLine(line: string): RenderProgress | undefined {
  const samples = /(?:Sample|Rendered|Rendering) (\d{1,9}) ?\/ ?(\d{1,9})(?!\d)/.exec(line);
  const progress: RenderProgress = {
    ...field('frame', /Fra: ?(\d{1,9})(?!\d)/.exec(line)?.[1], Number),
    ...field('samples', samples?.[1], Number),
    ...field('samplesTotal', samples?.[2], Number),
    ...field('remainingSeconds', /Remaining: ?((?:\d{1,4}:){1,2}\d{1,2}\.\d{1,3})/.exec(line)?.[1], secondsOf),
    ...field('memoryMebibytes', /Mem: ?(\d{1,9}(?:\.\d{1,3})?)M/.exec(line)?.[1], Number),
  };
  return Object.keys(progress).length > 0 ? progress : undefined;
}

function field<Name extends keyof RenderProgress>(
  name: Name,
  text: string | undefined,
  read: (text: string) => number,
) {
  return text === undefined ? {} : { [name]: read(text) };
}

/** `01:43.73` or `1:02:03.50` */
function secondsOf(clock: string): number {
  const sum = clock.split(':').reduce((seconds, part) => seconds * 60 + Number(part), 0);
  return Math.round(sum * 1000) / 1000;
}
