// Expected: a command whose files take more of the disk than a job may have is ended while it runs, or fails when it is over;
// what is within the bound, or holds nothing but holes, does not count. Both of a command that is a process of its own and of
// one in a program that stays.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixture } from './command-under-test.ts';
import { RoomUnderTest } from './sandbox/room-under-test.ts';

const limit = { timeout: 60_000 };
const maxJobBytes = 2_000_000;
const tooLarge = { code: 'job-too-large', message: /more than the 2000000 that a job may have/ };

const writing = (bytes: string, then = 'pass'): string =>
  `import os; file = open("out", "wb"); file.write(os.urandom(${bytes})); file.flush(); ${then}`;

for (const [how, options] of Object.entries({
  'a process of its own': {},
  'a program that stays': { resident: { command: ['python3', fixture('resident-shell.py')] } },
})) {
  test(how, limit, async (t) => {
    const room = await RoomUnderTest.open(t, { maxJobBytes, ...options });
    const python = async (code: string) => {
      const job = await room.job(t);
      const inFolder = `import os; os.chdir(${JSON.stringify(job.folder)}); ${code}; os.chdir("/")`;
      return await room.python(t, inFolder, job).catch((error: unknown) => {
        throw job.signal.aborted ? job.signal.reason : error;
      });
    };
    assert.equal((await python(writing('1_000_000', 'file.truncate(10**9)'))).exitCode, 0);
    await assert.rejects(python(writing('3_000_000')), tooLarge);
    const startedMs = performance.now();
    await assert.rejects(python(writing('3_000_000', '__import__("time").sleep(50)')), tooLarge);
    assert.ok(performance.now() - startedMs < 20_000, 'ended before it is over');
  });
}
