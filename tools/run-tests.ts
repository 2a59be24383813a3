import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { readCounts, type TestCounts } from './test-counts.ts';

const root = path.dirname(import.meta.dirname);
const node = path.join(root, 'bin/node');

export interface TestRun {
  /** `node --test` is given the files that they match. */
  readonly patterns: readonly string[];
  readonly concurrency: number;
  /** Runs beside a lab that its files share. */
  readonly lab?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs tests and prints what they say. A run in which no test ran, or one was skipped, has failed. */
export function runTests({ patterns, concurrency, lab, env }: TestRun): { passed: boolean; counts: TestCounts } {
  const folder = mkdtempSync(path.join(tmpdir(), 'check-'));
  const tap = path.join(folder, 'tap');
  const reporters = ['spec', 'tap'].map((name) => `--test-reporter=${name}`);
  const destinations = ['stdout', tap].map((name) => `--test-reporter-destination=${name}`);
  const options = [...reporters, ...destinations, `--test-concurrency=${concurrency}`];
  const before = lab ? ['lab/with-lab.ts', '--', node] : [];
  try {
    const settings = { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } } as const;
    const { status } = spawnSync(node, [...before, '--test', ...options, ...patterns], settings);
    const counts = readCounts(readFileSync(tap, 'utf8'));
    return { passed: status === 0 && counts.passed > 0 && counts.failed === 0 && counts.skipped === 0, counts };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
