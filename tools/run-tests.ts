import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { secretsFileVariable, shows } from '../lab/secrets.ts';
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

/** Runs tests and prints what they say. A run in which no test ran, one was skipped, or a secret was shown, has failed. */
export function runTests({ patterns, concurrency, lab, env }: TestRun): { passed: boolean; counts: TestCounts } {
  const folder = mkdtempSync(path.join(tmpdir(), 'check-'));
  const tap = path.join(folder, 'tap');
  const secrets = path.join(folder, 'secrets');
  const reporters = ['spec', 'tap'].map((name) => `--test-reporter=${name}`);
  const destinations = ['stdout', tap].map((name) => `--test-reporter-destination=${name}`);
  const options = [...reporters, ...destinations, `--test-concurrency=${concurrency}`];
  const before = lab ? ['lab/with-lab.ts', '--', node] : [];
  try {
    const settings = {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, [secretsFileVariable]: secrets, ...env },
    } as const;
    const { status } = spawnSync(node, [...before, '--test', ...options, ...patterns], settings);
    const output = readFileSync(tap, 'utf8');
    const counts = readCounts(output);
    const isQuiet = keepsSecrets(output, secrets);
    return {
      passed: isQuiet && status === 0 && counts.passed > 0 && counts.failed === 0 && counts.skipped === 0,
      counts,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Whatever process printed it: none of the keys and passwords of the run may be in its output. */
function keepsSecrets(output: string, secretsFile: string): boolean {
  const lines = existsSync(secretsFile) ? readFileSync(secretsFile, 'utf8').trimEnd().split('\n') : [];
  const secrets = [...new Set(lines)].map((line) => JSON.parse(line) as string);
  const shown = output.split('\n').filter((line) => shows(line, secrets));
  for (const line of shown.slice(0, 5)) console.log(`a secret of the tests is in their output: ${line.slice(0, 500)}`);
  return shown.length === 0;
}
