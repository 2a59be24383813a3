// Expected: for whoever is not root a limit bounds the processes of each sandbox, whatever else this user runs.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { bwrapArguments } from '../../../../src/command/sandbox/bwrap-arguments.ts';
import { systemPaths } from '../../../../src/command/sandbox/system-paths.ts';

const most = 60;
/** Says how many children it could have. There is an end to it: should nothing bound it, the machine lives. */
const forks = `
import os, time
children = 0
try:
    while children < ${2 * most}:
        if os.fork() == 0: time.sleep(5); os._exit(0)
        children += 1
except BlockingIOError: pass
time.sleep(1)
print(children)`;
const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];

async function childrenIn(t: TestContext): Promise<number> {
  const tmp = await mkdtemp(path.join(tmpdir(), 'bound-'));
  t.after(() => rm(tmp, { recursive: true }));
  await chmod(tmp, 0o777);
  const nothing = { devices: [], hidden: [], places: [] };
  const inside = bwrapArguments({ ...nothing, system: systemPaths([], false), tmp, workingFolder: '/tmp' });
  const limited = ['prlimit', `--nproc=${most}`, '--', 'python3', '-c', forks];
  const [program = '', ...args] = [...(process.getuid?.() === 0 ? nobody : []), 'bwrap', ...inside, ...limited];
  return Number((await promisify(execFile)(program, args, { timeout: 20_000 })).stdout);
}

test('two sandboxes of one user at a time', { timeout: 60_000 }, async (t) => {
  const counts = await Promise.all([childrenIn(t), childrenIn(t)]);
  for (const count of counts) assert.ok(count > most / 2 && count < most, String(counts));
});
