// Expected: commands that run at the same time have the environments in turn, and share them when there are more commands than
// environments; a command that runs alone has the first; the command in the log is the one that ran.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixture } from '../fault/command/command-under-test.ts';
import { RunnerUnderTest } from '../kafka/runner-under-test.ts';

/** Prints its environment when three are there, so that all three run at the same time. */
function meet(folder: string, group: number): string {
  const [mine, all] = [
    `${folder}/${group}-{os.getpid()}`,
    `name.startswith("${group}-") for name in os.listdir("${folder}")`,
  ];
  return `import os, time
open(f"${mine}", "w").close()
while sum(${all}) < 3: time.sleep(0.01)
print(os.environ["DEVICE"], os.environ["PATH"] != "")`;
}

for (const [mode, resident, python] of [
  ['a process for each', undefined, 'python3'],
  ['resident programs', { command: ['python3', fixture('resident-shell.py')] }, 'python'],
] as const) {
  test(`in turn, and shared: ${mode}`, { timeout: 60_000 }, async (t) => {
    const runner = await RunnerUnderTest.create(t);
    const environments = [{ DEVICE: 'one' }, { DEVICE: "the 'other'" }];
    const settings = { environments, concurrency: 3, prefetch: 1, ...(resident && { resident }) };
    const worker = await runner.startAssigned(settings);
    const code = [meet(runner.folder, 1), meet(runner.folder, 2)];
    const jobs = [0, 0, 0, 1, 1, 1].map((round, jobId) => ({ jobId, command: [python, '-c', code[round] ?? ''] }));
    await runner.send(...jobs.slice(0, 3));
    await runner.assertAllDone();
    await runner.send(...jobs.slice(3));
    const { terminals } = await runner.assertAllDone();
    const printed = terminals.map(({ value }) => String(value['printed']));
    for (const round of [printed.slice(0, 3), printed.slice(3)])
      assert.deepEqual(round.toSorted(), ['one True', 'one True', "the 'other' True"]);
    await runner.send({ jobId: 6, command: [python, '-c', 'import os; print(os.environ["DEVICE"])'] });
    assert.equal(String((await runner.assertAllDone()).terminals.at(-1)?.value['printed']), 'one');
    const ran = worker.lines.filter(({ message }) => message === 'runs').map(({ command }) => String(command));
    assert.ok(
      ran.some((command) => command.startsWith(`DEVICE="the 'other'" ${python} -c `)),
      ran[1],
    );
  });
}
