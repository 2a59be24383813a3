// Expected: whatever a command prints, the worker's memory stays flat and nothing is lost or held up.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CommandOutput } from '../../../src/command/command-output.ts';
import { sh } from './command-under-test.ts';

const limit = { timeout: 60_000 };
const mebibyte = 1_048_576;

interface Flood {
  readonly pieces: number;
  readonly characters: number;
  readonly longest: number;
  readonly grownMiB: number;
  readonly output: CommandOutput;
}

/** Runs a command and sums its lines up without keeping them. */
async function flood(script: string): Promise<Flood> {
  let [pieces, characters, longest, mostBytes] = [0, 0, 0, 0];
  const beforeBytes = process.memoryUsage.rss();
  const { output } = await sh(script, {
    onLine: (line) => {
      pieces += 1;
      characters += line.length;
      longest = Math.max(longest, line.length);
      if (pieces % 1_000 === 0) mostBytes = Math.max(mostBytes, process.memoryUsage.rss());
    },
  });
  return { pieces, characters, longest, grownMiB: (mostBytes - beforeBytes) / mebibyte, output };
}

test('5 MB without a newline come in bounded pieces', limit, async () => {
  const { characters, longest, output } = await flood('head -c 5000000 /dev/zero | tr "\\0" x');
  assert.deepEqual([characters, longest], [5_000_000, 16_384]);
  assert.throws(() => output.text(), { code: 'output-too-large' });
});

test('200 MB in lines leave the memory flat', limit, async () => {
  const { characters, pieces, grownMiB } = await flood(`yes ${'x'.repeat(199)} | head -c 200000000`);
  assert.deepEqual([pieces, characters], [1_000_000, 199_000_000]);
  assert.ok(grownMiB < 100, `grew by ${grownMiB.toFixed(0)} MiB`);
});

test('200 MB without a newline on both outputs leave the memory flat', limit, async () => {
  const { characters, grownMiB } = await flood('head -c 100000000 /dev/zero & head -c 100000000 /dev/zero >&2; wait');
  assert.equal(characters, 200_000_000);
  assert.ok(grownMiB < 100, `grew by ${grownMiB.toFixed(0)} MiB`);
});
