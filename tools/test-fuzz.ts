/**
 * Property-based tests of whatever strangers write, with as many cases as are asked for (`npm run test:fuzz`):
 *
 *     FUZZ_CASES=1000000 bin/node tools/test-fuzz.ts
 *
 * FUZZ_CASES: for each property, a million by default; those that take a process or a file for each case do a twentieth.
 * FUZZ_SEED: the same cases again. `npm test` does 2,000 of each.
 */
import process from 'node:process';
import { runTests } from './run-tests.ts';

const FUZZ_CASES = process.env['FUZZ_CASES'] ?? '1000000';
const startedMs = performance.now();
const { passed, counts } = runTests({
  patterns: ['packages/*/test/unit/fuzz/*.test.ts'],
  concurrency: 2,
  env: { FUZZ_CASES },
});
const seconds = ((performance.now() - startedMs) / 1_000).toFixed(0);
console.log(
  `${counts.passed} properties held, ${counts.failed} did not, with ${FUZZ_CASES} cases each, in ${seconds} s`,
);
process.exitCode = passed ? 0 : 1;
