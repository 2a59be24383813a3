// Expected: a command that is silent for too long is ended with its whole tree and has failed with `no-progress`; lines,
// `job.progress()` and time outside of the command keep it; of two limits the first to run out is the cause.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { reachEnd, type JobAuthor } from '../../src/job-flow.ts';
import { JobRoom } from '../../src/job-room.ts';
import type { Job } from '../../src/job.ts';
import { parseRunnerOptions } from '../../src/options.ts';
import { jobUnderTest } from '../unit/job-under-test.ts';
import { recordingLogger } from '../unit/recording-logger.ts';
import { isGone, newMark } from './command/command-under-test.ts';

const limit = { timeout: 20_000 };

interface Limits {
  readonly noProgressTimeoutMs?: number;
  readonly jobTimeoutMs?: number;
  readonly commandGraceMs?: number;
}

/** Runs a job whose command is a shell script, in a real room. Returns how it ended: `completed`, or the code of its error. */
async function endOf(t: TestContext, script: string, limits: Limits, author: Partial<JobAuthor> = {}): Promise<string> {
  const jobsFolder = await mkdtemp(path.join(tmpdir(), 'no-progress-'));
  t.after(() => rm(jobsFolder, { recursive: true }));
  const mark = newMark();
  const settings = parseRunnerOptions({ inTopic: 'jobs', bootstrapServers: ['none:1'], jobsFolder, ...limits });
  await using room = await JobRoom.prepare(settings, mark, recordingLogger().logger);
  const job = jobUnderTest({ msgToCommand: () => ['/bin/sh', '-c', script], ...author });
  const { outcome } = await reachEnd(job.delivery, {
    ...job.context,
    jobTimeoutMs: settings.jobTimeoutMs,
    openJob: (delivery) => room.open(delivery),
    runCommand: (command, opened, place) => room.run(command, opened, place),
  });
  assert.ok(await isGone(`${mark}/1`, 0), 'nothing of the command is left');
  return 'error' in outcome ? outcome.error.code : outcome.kind;
}

test('a silent command is ended, daemons included', limit, async (t) => {
  const end = await endOf(t, 'setsid sleep 60 & echo ready; sleep 60', { noProgressTimeoutMs: 300 });
  assert.equal(end, 'no-progress');
});

test('each line, on either output, gives the whole time again', limit, async (t) => {
  const script = 'for i in 1 2 3 4 5; do sleep 0.2; echo $i; sleep 0.2; echo $i >&2; done';
  assert.equal(await endOf(t, script, { noProgressTimeoutMs: 600 }), 'completed');
});

test('so does job.progress()', limit, async (t) => {
  let timer: NodeJS.Timeout | undefined;
  const msgToCommand = (_message: unknown, job: Job): string[] => {
    timer = setInterval(() => job.progress(), 200);
    return ['sleep', '1.5'];
  };
  t.after(() => clearInterval(timer));
  assert.equal(await endOf(t, '', { noProgressTimeoutMs: 600 }, { msgToCommand }), 'completed');
});

/** Does something when the command has printed its first line: it runs. */
async function whenItRuns(job: Job, act: () => Promise<void> | void): Promise<void> {
  while (job.output.tail().length === 0 && !job.signal.aborted) await sleep(10);
  await act();
}

test('a command that the runner lets stand still is not silent by itself, and goes on', limit, async (t) => {
  let stoodMs = 0;
  const msgToCommand = (_message: unknown, job: Job): string[] => {
    void whenItRuns(job, async () => {
      job.pause();
      // Lines may have been on their way.
      await sleep(500);
      const [before, sinceMs] = [job.output.tail().length, performance.now()];
      await sleep(3_000);
      if (job.output.tail().length === before) stoodMs = performance.now() - sinceMs;
      job.resume();
      job.resume();
    });
    return ['/bin/sh', '-c', 'for i in 1 2 3 4 5 6 7 8; do echo $i; sleep 0.25; done'];
  };
  assert.equal(await endOf(t, '', { noProgressTimeoutMs: 2_500 }, { msgToCommand }), 'completed');
  assert.ok(stoodMs > 2_500, 'it stood still');
});

test('one that stands still is ended all the same', limit, async (t) => {
  const msgToCommand = (_message: unknown, job: Job): string[] => {
    void whenItRuns(job, () => job.pause());
    return ['/bin/sh', '-c', 'echo ready; sleep 60'];
  };
  const limits = { noProgressTimeoutMs: 1_500, jobTimeoutMs: 3_000, commandGraceMs: 15_000 };
  const startedMs = performance.now();
  assert.equal(await endOf(t, '', limits, { msgToCommand }), 'timed-out');
  assert.ok(performance.now() - startedMs < 12_000, 'SIGTERM reached it');
});

test('the time before and after the command does not count', limit, async (t) => {
  const slowly = {
    msgToCommand: async (): Promise<string[]> => (await sleep(600), ['true']),
    makeResponse: async (): Promise<undefined> => await sleep(600),
  };
  assert.equal(await endOf(t, '', { noProgressTimeoutMs: 300 }, slowly), 'completed');
});

test(
  'the limit that runs out first is the cause, though the other does before the command has gone',
  limit,
  async (t) => {
    const stubborn = 'trap "" TERM; while :; do sleep 0.05; done';
    const silent = { noProgressTimeoutMs: 200, jobTimeoutMs: 1_500, commandGraceMs: 2_500 };
    assert.equal(await endOf(t, stubborn, silent), 'no-progress');
    const slow = { noProgressTimeoutMs: 1_500, jobTimeoutMs: 400, commandGraceMs: 2_500 };
    assert.equal(await endOf(t, stubborn, slow), 'timed-out');
  },
);

test('a worker that was suspended reads what its command said meanwhile before it judges', limit, async (t) => {
  const script = 'for i in 1 2 3 4 5; do echo $i; sleep 0.3; done';
  let blocked = false;
  const block = (): void => {
    if (blocked) return;
    blocked = true;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_200);
  };
  const msgToCommand = (): string[] => (setTimeout(block, 500), ['/bin/sh', '-c', script]);
  assert.equal(await endOf(t, '', { noProgressTimeoutMs: 700 }, { msgToCommand }), 'completed');
});
