/**
 * Everything that has to be right before a change lands, in this order, ended at the first step that fails.
 *
 *     bin/node tools/check.ts [STEP...]      the named steps only
 *
 * The last line counts the tests of all tiers. A tier in which no test ran, or one was skipped, has failed.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { exit } from 'node:process';
import { pythonPath } from '../lab/python.ts';
import { runTests, type TestRun } from './run-tests.ts';
import { addCounts, noTests, type TestCounts } from './test-counts.ts';

const root = path.dirname(import.meta.dirname);
const bin = (name: string): string => path.join(root, 'node_modules/.bin', name);
const node = path.join(root, 'bin/node');
const ruff = path.join(path.dirname(pythonPath('current')), 'ruff');

interface Step {
  readonly name: string;
  readonly commands: readonly (readonly string[])[];
}

/** A step whose commands run tests. */
interface Tier extends TestRun {
  readonly name: string;
}

const steps: readonly (Step | Tier)[] = [
  { name: 'format', commands: [[bin('oxfmt'), '--check']] },
  { name: 'lint', commands: [[bin('oxlint'), '--type-aware', '--deny-warnings']] },
  {
    name: 'python',
    commands: [
      [ruff, 'check'],
      [ruff, 'format', '--check'],
    ],
  },
  {
    name: 'types',
    commands: [
      [bin('tsc'), '-p', '.'],
      [bin('tsc'), '-p', 'packages/dashboard/client'],
    ],
  },
  { name: 'dead code', commands: [[bin('knip')]] },
  { name: 'unit', patterns: ['packages/*/test/unit/**/*.test.ts', 'test/**/*.test.ts'], concurrency: 2 },
  { name: 'packaging', commands: [[node, 'tools/check-packages.ts']] },
  { name: 'docs', commands: [[node, 'site/build.ts']] },
  { name: 'lab', patterns: ['lab/test/**/*.test.ts'], concurrency: 1 },
  {
    name: 'broker',
    patterns: [
      'packages/*/test/{contract,broker}/**/*.test.ts',
      'examples/test/**/*.test.ts',
      'site/test/**/*.test.ts',
    ],
    lab: true,
    concurrency: 2,
  },
  // Its files mostly wait: for time-outs of sessions, for what is away.
  { name: 'fault', patterns: ['packages/*/test/fault/**/*.test.ts'], lab: true, concurrency: 2 },
];

function run(command: readonly string[]): boolean {
  const [program = '', ...args] = command;
  return spawnSync(program, args, { cwd: root, stdio: 'inherit' }).status === 0;
}

function runStep(step: Step | Tier): { passed: boolean; counts: TestCounts } {
  if ('patterns' in step) return runTests(step);
  return { passed: step.commands.every(run), counts: noTests };
}

const wanted = process.argv.slice(2);
const names = steps.map(({ name }) => name);
const unknown = wanted.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`no such step: ${unknown.join(', ')}; there are: ${names.join(', ')}`);
  exit(2);
}
let total = noTests;
for (const step of steps) {
  if (wanted.length > 0 && !wanted.includes(step.name)) continue;
  console.log(`\n== ${step.name}`);
  const startedMs = performance.now();
  const { passed, counts } = runStep(step);
  total = addCounts(total, counts);
  console.log(
    `== ${step.name}: ${passed ? 'ok' : 'FAILED'}, ${((performance.now() - startedMs) / 1_000).toFixed(0)} s`,
  );
  if (!passed) {
    console.log(`${total.passed} passed, ${Math.max(total.failed, 1)} failed`);
    exit(1);
  }
}
console.log(`\n${total.passed} passed, ${total.failed} failed`);
