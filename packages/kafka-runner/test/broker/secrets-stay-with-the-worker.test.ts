// Expected: neither a command nor a resident program sees a variable of the worker's environment that may hold a secret.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixture } from '../fault/command/command-under-test.ts';
import { RunnerUnderTest } from '../kafka/runner-under-test.ts';

const code = 'print("\\n".join(open("/proc/self/environ").read().split("\\0")))';
const secrets = [
  'AWS_SECRET_ACCESS_KEY=not-for-jobs',
  'KAFKA_RENDER_CREDENTIALS=not-for-jobs',
  'MY_TOKEN=not-for-jobs',
];

const kinds = {
  'a process of its own': {},
  'a resident program': { resident: { command: ['python3', fixture('resident-shell.py')] } },
};
for (const [name, options] of Object.entries(kinds)) {
  test(`the environment of ${name}`, { timeout: 60_000 }, async (t) => {
    const runner = await RunnerUnderTest.create(t);
    await runner.send({ jobId: 1, command: ['python3', '-c', code] });
    const before = ['env', ...secrets, 'CUDA_VISIBLE_DEVICES=1'];
    const worker = await runner.startAssigned({ ...options, commandVariables: ['CUDA_*'] }, { before });
    await worker.logged(/^completed$/);
    const names = worker.lines.flatMap(({ message }) => /^(\w+)=/.exec(message)?.[1] ?? []);
    for (const wanted of ['PATH', 'TMPDIR', 'CUDA_VISIBLE_DEVICES']) assert.ok(names.includes(wanted), wanted);
    assert.doesNotMatch(worker.text, /not-for-jobs/);
  });
}
