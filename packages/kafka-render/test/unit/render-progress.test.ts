import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FrameRange } from '../../src/frames/frame-range.ts';
import { remainingSeconds, RenderProgress } from '../../src/render-progress.ts';

const line = (frame: number, sample?: number): string =>
  `Fra:${frame} Mem:10.14M (Peak 11.07M) | Time:00:00.08${sample === undefined ? '' : ` | Sample ${sample}/8`}`;

/** What is reported, and a clock that stands at `at` seconds. */
function reporting(ranges: readonly FrameRange[], delivered: number[] = []) {
  const reports: Record<string, unknown>[] = [];
  let nowMs = 0;
  const report = (details: Record<string, unknown>): void => void reports.push(details);
  const progress = new RenderProgress({ ranges, delivered, report, now: () => nowMs });
  const printed = (seconds: number, text: string): void => {
    nowMs = seconds * 1_000;
    progress.printed(text);
  };
  return { progress, reports, printed };
}

test('frame, sample, and how long the rest takes by what was done until now', () => {
  const { reports, printed } = reporting([{ first: 7, last: 10 }]);
  printed(0, line(7, 0));
  printed(1, line(7, 4));
  printed(4, line(9, 0));
  printed(5, line(10));
  assert.deepEqual(reports, [
    { frame: 7, sample: 0, samples: 8, etaSeconds: undefined },
    { frame: 7, sample: 4, samples: 8, etaSeconds: 7 },
    { frame: 9, sample: 0, samples: 8, etaSeconds: 4 },
    { frame: 10, sample: undefined, samples: undefined, etaSeconds: 1.7 },
  ]);
});

test('only what is left to render counts', () => {
  const { reports, printed } = reporting([
    { first: 1, last: 2 },
    { first: 9, last: 10 },
  ]);
  printed(0, line(1));
  printed(2, line(9));
  assert.equal(reports.at(-1)?.['etaSeconds'], 2);
});

test('lines that come fast, or say nothing, are not reported', () => {
  const { reports, printed } = reporting([{ first: 1, last: 1_000 }]);
  printed(0, 'Saved: /tmp/0001.png');
  for (let frame = 1; frame <= 100; frame += 1) printed(frame / 100, line(frame));
  assert.equal(reports.length, 10);
});

test('frames in storage, those that were there included; one that is delivered again counts once', () => {
  const { progress, reports } = reporting([{ first: 3, last: 4 }], [1, 2]);
  for (const frame of [3, 2, 4]) progress.frameDelivered(frame);
  assert.deepEqual(
    reports.map(({ framesDone }) => framesDone),
    [3, 3, 4],
  );
});

test('when nothing renders any more nothing of it is said', () => {
  const { progress, reports, printed } = reporting([{ first: 1, last: 2 }]);
  printed(0, line(1, 4));
  progress[Symbol.dispose]();
  printed(9, line(2, 4));
  assert.deepEqual(reports.at(-1), { frame: undefined, sample: undefined, samples: undefined, etaSeconds: undefined });
  assert.equal(reports.length, 2);
});

test('the rest: unknown before anything is done, and never less than nothing', () => {
  assert.deepEqual(
    [remainingSeconds(10, 0, 5), remainingSeconds(10, 5, 5), remainingSeconds(10, 7, 5), remainingSeconds(10, 1, 5)],
    [undefined, 0, 0, 40],
  );
});
