import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseProgressLine, type RenderProgress } from '../../../src/blender/progress-line.ts';
import { realLines } from './real-lines.ts';

// Lines of Blender 3.4, 4.2, 2.8x (tiles) and 5.x (with a prefix, and sometimes glued together).
const lines: readonly [string, RenderProgress | undefined][] = [
  [
    'Fra:1 Mem:10.14M (Peak 11.07M) | Time:00:00.08 | Remaining:00:00.01 | Mem:0.15M, Peak:0.15M | Scene, ViewLayer | Sample 1/8',
    { frame: 1, samples: 1, samplesTotal: 8, remainingSeconds: 0.01, memoryMebibytes: 10.14 },
  ],
  [
    'Fra:100000 Mem:8.51M (Peak 10.21M) | Time:00:00.00 | Mem:0.00M, Peak:0.00M | Scene, ViewLayer | Synchronizing object | Cube',
    { frame: 100000, memoryMebibytes: 8.51 },
  ],
  ['Fra:1 Mem:10.26M (Peak 11.39M) | Time:00:00.44 | Syncing Camera', { frame: 1, memoryMebibytes: 10.26 }],
  [
    'Fra:12 Mem:184.21M (Peak 201.50M) | Time:00:14.53 | Rendering 1 / 64 samples',
    { frame: 12, samples: 1, samplesTotal: 64, memoryMebibytes: 184.21 },
  ],
  [
    'Fra:3 Mem:66.12M (0.00M, Peak 69.70M) | Time:00:02.11 | Remaining:00:05.41 | Mem:41.52M, Peak:43.02M | Scene, View Layer | Rendered 136/510 Tiles',
    { frame: 3, samples: 136, samplesTotal: 510, remainingSeconds: 5.41, memoryMebibytes: 66.12 },
  ],
  [
    '00:04.230  render           | Fra: 1 | Remaining: 01:43.73 | Mem: 1699M | Sample 1/128',
    { frame: 1, samples: 1, samplesTotal: 128, remainingSeconds: 103.73, memoryMebibytes: 1699 },
  ],
  [
    'Warning: x00:04.230  render           | Fra: 1 | Remaining: 1:02:03.50 | Mem: 1699M | Sample 2/128Saved:',
    { frame: 1, samples: 2, samplesTotal: 128, remainingSeconds: 3723.5, memoryMebibytes: 1699 },
  ],
  ["Saved: '/tmp/out/0001.png'", undefined],
  ['00:00.859  blend            | Read blend: "/tmp/v5.blend"', undefined],
  [' Time: 00:00.08 (Saving: 00:00.06)', undefined],
  ['', undefined],
];

for (const [line, progress] of lines) {
  test(line || 'an empty line', () => {
    assert.deepEqual(parseProgressLine(line), progress);
  });
}

const expected: Record<string, { readonly frames: number[]; readonly samples: number[] }> = {
  'blender-3.4.1-cycles': { frames: [1, 2, 3], samples: [0, 1, 16] },
  'blender-3.4.1-eevee': { frames: [1, 2, 3], samples: [1, 4] },
  'bpy-5.0.1-cycles': { frames: [1, 2, 3], samples: [1, 8, 16] },
  'bpy-5.0.1-eevee': { frames: [1], samples: [1, 4] },
};

test('there are real lines of each, and no others', () => {
  assert.deepEqual(Object.keys(realLines()).toSorted(), Object.keys(expected).toSorted());
});

for (const [name, printed] of Object.entries(realLines())) {
  test(`real lines: ${name}`, () => {
    const said = printed.flatMap((line) => parseProgressLine(line) ?? []);
    const frames = new Set(said.flatMap(({ frame }) => frame ?? []));
    const samples = new Set(said.flatMap(({ samples: done }) => done ?? []));
    const distinct = { frames: [...frames], samples: [...samples].toSorted((a, b) => a - b) };
    assert.deepEqual(distinct, expected[name]);
  });
}
