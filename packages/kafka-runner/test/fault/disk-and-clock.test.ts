// Expected: without inodes, or on a folder that has become read-only, jobs are kept and done when it is writable again. A clock
// that is set back and forth by an hour loses, doubles and delays nothing.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RunnerUnderTest } from '../kafka/runner-under-test.ts';
import { faultScenario } from './suite/fault-scenario.ts';
import { sendToEach, sleepingJob } from './suite/jobs.ts';
import { atScale } from './suite/scale.ts';

const file = import.meta.filename;
const awayMs = atScale({ small: 4_000, full: 60_000 });
const recoveryWithinMs = 45_000;

/** Mounts a small disk in a name space of the worker's own, which needs no rights and ends with it. */
function onSmallDisk(folder: string, seconds: number, { at, later }: Record<'at' | 'later', string>): string[] {
  const script = `
    mount -t tmpfs -o ${at} none ${folder}/disk || exit 1
    timeout ${seconds} sh -c 'until [ -e ${folder}/fault ]; do sleep 0.1; done
      mount -o remount,${at},ro ${folder}/disk; touch ${folder}/broken' &
    timeout ${seconds} sh -c 'until [ -e ${folder}/mended ]; do sleep 0.1; done
      mount -o remount,${later},rw ${folder}/disk' &
    exec "$@"`;
  return ['unshare', '--user', '--map-root-user', '--mount', 'sh', '-c', script, 'sh'];
}

const disks = [
  // The root of the disk, the worker's folder, and one of a job's three folders.
  {
    title: 'no more inodes',
    at: 'nr_inodes=4',
    later: 'nr_inodes=1000',
    turnsReadOnly: false,
    isWaiting: /no job is begun: .* has no room/,
  },
  {
    title: 'the folder of jobs becomes read-only',
    at: 'nr_inodes=1000',
    later: 'nr_inodes=1000',
    turnsReadOnly: true,
    isWaiting: /EROFS/,
  },
];

for (const { title, at, later, turnsReadOnly, isWaiting } of disks) {
  faultScenario({ scenario: 11, title, file, timeoutMs: 120_000 + awayMs }, async (run) => {
    const runner = await RunnerUnderTest.create(run.t);
    const disk = path.join(runner.folder, 'disk');
    await mkdir(disk);
    await mkdir(runner.options.jobsFolder ?? '');
    await sendToEach(runner, 1, 10, (jobId) => sleepingJob(run, jobId, 0.3));
    const before = onSmallDisk(runner.folder, 100 + awayMs / 1_000, { at, later });
    const worker = await runner.startAssigned({ jobsFolder: path.join(disk, 'jobs') }, { before });
    if (turnsReadOnly) await writeFile(path.join(runner.folder, 'fault'), '');
    await worker.logged(isWaiting);
    await sleep(awayMs);
    await writeFile(path.join(runner.folder, 'mended'), '');
    run.fault();
    await run.conclude(runner, { workers: [worker], recoveryWithinMs });
  });
}

const jumps = atScale({ small: 3, full: 30 });
faultScenario(
  { scenario: 11, title: 'clock set back and forth by an hour', file, timeoutMs: 120_000 + jumps * 10_000 },
  async (run) => {
    const runner = await RunnerUnderTest.create(run.t);
    const clock = path.join(runner.folder, 'clock');
    await writeFile(clock, '0');
    const options = { concurrency: 2, sessionTimeoutMs: 6_000 };
    const worker = await runner.startAssigned(options, { clockFile: clock });
    for (let jump = 0; jump < jumps; jump += 1) {
      await sendToEach(runner, 1, 10, (jobId) => sleepingJob(run, jobId, 0.2, jobId % 5 === 4 ? 1 : 0));
      await sleep(run.between(200, 800));
      await writeFile(clock, jump % 2 === 0 ? '-3600000' : '3600000');
      run.fault();
      await sleep(2_000);
    }
    // The waits of a job that fails are the longest there are.
    await run.conclude(runner, { workers: [worker], recoveryWithinMs: 15_000, seconds: 40 });
  },
);
