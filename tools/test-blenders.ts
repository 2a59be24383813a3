/**
 * The render tests with each generation of Blender that tests can have (`npm run test:blenders`):
 *
 *     bin/node tools/test-blenders.ts [--only executable|module] [FILE...]
 *
 * The program `blender`, and Blender 5.0.1 as the module of a Python (1 GB, made once and kept in the lab's cache). Where
 * one differs from the other is in packages/kafka-render/test/broker/blender/tested-blender.ts.
 */
import { exit } from 'node:process';
import { parseArgs } from 'node:util';
import { pythonPath } from '../lab/python.ts';
import { blenderModule } from '../lab/setup/blender-module.ts';
import { provide } from '../lab/setup/provide.ts';
import { probeBlender } from '../packages/kafka-render/src/blender/blender-version.ts';
import { runTests } from './run-tests.ts';
import { addCounts, noTests } from './test-counts.ts';

const { values, positionals } = parseArgs({ options: { only: { type: 'string' } }, allowPositionals: true });
/** Blender alone, and whole workers. Other tests of workers go by what the executable prints, which the module does not. */
const renderTests = 'packages/kafka-render/test/broker';
const workers = ['scene-reuse', 'blenders-are-replaced', 'gpu-missing', 'formats-and-scenes'];
const all = [`${renderTests}/blender/*.test.ts`, ...workers.map((name) => `${renderTests}/${name}.test.ts`)];
const patterns = positionals.length > 0 ? positionals : all;

const programs = {
  executable: () => 'blender',
  module: async () => {
    await provide(blenderModule);
    return pythonPath('bpy');
  },
};

let total = noTests;
let allPassed = true;
for (const [kind, program] of Object.entries(programs)) {
  if (values.only !== undefined && values.only !== kind) continue;
  const { executable, version } = await probeBlender(await program());
  console.log(`\n== Blender ${version}, ${kind}: ${executable}`);
  const startedMs = performance.now();
  const { passed, counts } = runTests({ patterns, concurrency: 2, env: { TEST_BLENDER: executable } });
  total = addCounts(total, counts);
  allPassed &&= passed;
  const seconds = ((performance.now() - startedMs) / 1_000).toFixed(0);
  console.log(`== Blender ${version}, ${kind}: ${passed ? 'ok' : 'FAILED'}, ${seconds} s`);
}
console.log(`\n${total.passed} passed, ${total.failed} failed`);
exit(allPassed && total.passed > 0 ? 0 : 1);
