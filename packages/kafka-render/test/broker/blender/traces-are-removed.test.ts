// Whatever a job leaves behind in a Blender that stays, the next job finds nothing of it: it is put back, or the process is
// replaced. The pictures are those of a fresh Blender.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeScene } from '../../../../../lab/scenes/make-scenes.ts';
import { residentArgv, residentScript } from '../../../src/blender/blender-argv.ts';
import { outcomeOf } from './job-outcome.ts';
import { ResidentBlender } from './resident-blender.ts';
import { runBlender, temporaryFolder, type BlenderRun } from './run-blender.ts';
import { testedBlender } from './tested-blender.ts';

const leaveTraces = join(import.meta.dirname, 'leave_traces.py');

/** A Blender that stays, and runs a script before it takes jobs. */
function argvWith(script: string): string[] {
  const argv = residentArgv(testedBlender);
  if (testedBlender.kind === 'executable') return argv.toSpliced(argv.indexOf('--python'), 0, '--python', script);
  const run = 'import runpy, sys; exec(open(sys.argv[1]).read()); runpy.run_path(sys.argv[2], run_name="__main__")';
  return [testedBlender.executable, '-c', run, script, residentScript];
}

interface Found {
  readonly process: number;
  readonly found: readonly string[];
  readonly putBack: readonly string[];
  readonly replaced: readonly string[];
}

function foundBy({ log }: BlenderRun): Found {
  return JSON.parse(/^TRACES (.*)$/m.exec(log)?.[1] ?? assert.fail(log)) as Found;
}

test('each kind of trace is gone, by itself or with its process', { timeout: 600_000 }, async (t) => {
  const scene = await makeScene('counter');
  const resident = await ResidentBlender.start(t, argvWith(leaveTraces));
  const [processes, pictures] = [[] as number[], [] as unknown[]];
  let names: readonly string[] = [];
  let putBack = 0;
  for (let startFrame = 1; startFrame <= names.length + 1; startFrame += 1) {
    const run = await resident.run(scene, { startFrame }, await temporaryFolder(t));
    const found = foundBy(run);
    assert.deepEqual(found.found, [], `after ${names[startFrame - 2]}`);
    [names, putBack] = [[...found.putBack, ...found.replaced], found.putBack.length];
    processes.push(found.process);
    const { exitCode, files } = await outcomeOf(run);
    assert.equal(exitCode, 0, names[startFrame - 1]);
    pictures.push(...Object.values(files));
  }
  const stayed = names.filter((_, job) => processes[job + 1] === processes[job]);
  assert.deepEqual(stayed, names.slice(0, putBack));
  const cold = await runBlender(t, scene, { numFrames: names.length + 1 });
  assert.deepEqual(pictures, Object.values((await outcomeOf(cold)).files));
});
