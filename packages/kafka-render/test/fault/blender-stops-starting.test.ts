// Blender starts when the worker does, and then it does not any more: the licence is over, the program is gone, a library of it is.
// Expected: the worker tries five times, stops with exit code 1 and says why. No job has ended, nor was an attempt counted: a
// worker whose Blender starts does them all, each at its first attempt, also those that were done in part.
import assert from 'node:assert/strict';
import { chmod, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { faultScenario } from '../../../kafka-runner/test/fault/suite/fault-scenario.ts';
import { farmTopics, stoppable } from '../farm-oracle.ts';
import { blendersOf } from '../processes.ts';
import { RenderFarm } from '../render-farm.ts';

const file = import.meta.filename;

const ends = {
  resident: {
    mode: 'resident',
    end: (blender: string) => write(blender, "echo 'no licence' >&2; exit 7"),
    says: /no licence/,
  },
  gone: { mode: 'cold', end: (blender: string) => rm(blender), says: /ENOENT|No such file/ },
  library: {
    mode: 'cold',
    end: (blender: string) => write(blender, "echo 'cannot load libX11' >&2; exit 127"),
    says: /cannot load libX11/,
  },
};

/** Anew, not over the old one: that may be running. */
async function write(program: string, script: string): Promise<void> {
  await rm(program, { force: true });
  await writeFile(program, `#!/bin/sh\n${script}\n`);
  await chmod(program, 0o755);
}

for (const [name, { mode, end, says }] of Object.entries(ends)) {
  const title = `Blender does not start any more: ${name}`;
  faultScenario({ scenario: 2, title, file, timeoutMs: 180_000 }, async (run) => {
    const farm = await RenderFarm.open(run.t);
    const scenePath = await farm.putScene('counter');
    const blender = path.join(farm.folder.cwd, 'blender');
    await write(blender, 'exec blender "$@"');
    const broken = farm.startWorker({ args: ['-b', blender, '--blender-mode', mode] });
    await farm.send(farm.job({ scenePath }));
    await farm.ended(1);
    run.fault();
    await end(blender);
    for (const pid of await blendersOf(farm.folder.cwd)) process.kill(pid, 'SIGKILL');
    const jobs = Array.from({ length: 12 }, (_, index) => farm.job({ scenePath, jobId: index + 2 }));
    await farm.send(...jobs);
    assert.deepEqual(await broken.endsWithin(120_000), { code: 1, signal: null });
    const why = broken.log.at(-1)?.message ?? '';
    assert.match(why, /^kafka-render: 5 attempts in a row have failed because of this machine/);
    assert.match(why, says);
    const { results, errors } = await farm.ended(0);
    assert.deepEqual([results.length, errors], [1, []], 'no job has ended');

    const next = farm.startWorker();
    const all = await farm.ended(1 + jobs.length);
    assert.deepEqual(
      all.results.map(({ headers }) => headers['attempt']),
      [1, ...jobs].map(() => '1'),
    );
    await run.conclude(farmTopics(farm), { workers: [stoppable(next)], recoveryWithinMs: 120_000 });
  });
}
