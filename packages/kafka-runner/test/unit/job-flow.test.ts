import assert from 'node:assert/strict';
import { access } from 'node:fs/promises';
import { test } from 'node:test';
import { NoPlaceError } from '../../src/command/command-places.ts';
import { FailedError, InterruptedError, RejectedError, UnavailableError } from '../../src/errors.ts';
import { reachEnd, type EndedJob, type JobAuthor, type JobFlowContext } from '../../src/job-flow.ts';
import type { Job } from '../../src/job.ts';
import { aRecord } from './a-record.ts';
import { jobUnderTest } from './job-under-test.ts';

const job = '{"jobId": 1}';

async function run(
  author: Partial<JobAuthor>,
  value = job,
  different: Partial<JobFlowContext> = {},
): Promise<EndedJob & { lines: Record<string, unknown>[] }> {
  const { delivery, context, lines } = jobUnderTest(author, aRecord({ value: Buffer.from(value) }));
  return { ...(await reachEnd(delivery, { ...context, ...different })), lines };
}

/** `completed {"a":1}`, `failed timed-out`: how a job ended. */
function told({ outcome }: EndedJob): string {
  if (outcome.kind === 'ignored') return outcome.kind;
  return `${outcome.kind} ${outcome.kind === 'completed' ? outcome.response : outcome.error.code}`;
}

test('a message goes through all the steps, each with what the one before made', async () => {
  const steps: unknown[] = [];
  const ended = await run(
    {
      msgToCommand: ({ value }) => (steps.push(value), ['render', 'it']),
      checkResult: (result) => void steps.push(result),
      makeResponse: ({ value }, elapsedSeconds) => ({ job: value, elapsedSeconds }),
    },
    '{"jobId": 9223372036854775808}',
  );
  assert.deepEqual(steps, [{ jobId: 9223372036854775808n }, { exitCode: 0, signal: null, elapsedSeconds: 0.5 }]);
  assert.equal(told(ended), 'completed {"job":{"jobId":9223372036854775808},"elapsedSeconds":0.5}');
  assert.deepEqual(ended.fields, { jobId: 9223372036854775808n });
});

test('the check of a command may ask for another one, which is run in its turn', async () => {
  const ran: unknown[] = [];
  const ended = await run(
    {
      checkResult: () => (ran.length < 3 ? ['again', String(ran.length)] : []),
      makeResponse: (_, elapsedSeconds) => ({ elapsedSeconds }),
    },
    job,
    {
      runCommand: async (command) => {
        ran.push(command.join(' '));
        return { exitCode: 0, signal: null, elapsedSeconds: 0.5 };
      },
    },
  );
  assert.deepEqual(ran.slice(1), ['again 1', 'again 2']);
  assert.equal(told(ended), 'completed {"elapsedSeconds":1.5}');
});

test('the time of a job goes into phases, which the author names', async () => {
  const seen: string[] = [];
  const phases = { enter: (phase: string) => void seen.push(phase) };
  const phaseNames = { prepared: 'p', ran: 'r', answered: 'a' };
  const note = (step: string) => (): undefined => void seen.push(`(${step})`);
  const { delivery, context } = jobUnderTest({ phaseNames, checkResult: note('check'), makeResponse: note('answer') });
  const openJob: JobFlowContext['openJob'] = async (opened) => Object.assign(await context.openJob(opened), { phases });
  await reachEnd(delivery, { ...context, openJob });
  assert.equal(seen.join(' '), 'p queued r a (check) (answer)');
  seen.length = 0;
  Object.assign(context.author, { msgToCommand: () => [] });
  await reachEnd(delivery, { ...context, openJob });
  assert.equal(seen.join(' '), 'p a (answer)');
});

/** What is counted of the machine when the verdict on a command is this error, and how the job ended. */
async function machineSees(error: Error | undefined, isMachineFault = false): Promise<string[]> {
  const { delivery, context, shutdown } = jobUnderTest({
    isMachineFault: () => isMachineFault,
    checkResult: () => {
      if (error) throw error;
    },
  });
  const seen: string[] = [];
  const failed = (fault: unknown): void => {
    seen.push((fault as FailedError).code);
    shutdown.abort(new InterruptedError('shutdown', 'enough'));
  };
  const machine = { worked: () => void seen.push('worked'), failed };
  return [told(await reachEnd(delivery, { ...context, machine })), ...seen];
}

test("a failure that the author takes for the machine's keeps the job; any other shows that the machine works", async () => {
  const failed = new FailedError('oh', 'oh');
  assert.deepEqual(await machineSees(undefined), ['completed undefined', 'worked']);
  assert.deepEqual(await machineSees(failed), ['interrupted shutdown', 'worked', 'oh']);
  assert.deepEqual(await machineSees(failed, true), ['interrupted shutdown', 'machine-exhausted']);
  const exhausted = new UnavailableError('machine-exhausted', 'oh');
  assert.deepEqual(await machineSees(exhausted), ['interrupted shutdown', 'machine-exhausted']);
});

test('a job whose command ran is kept once over such a failure; when it meets it again, the attempt counts', async () => {
  const seen: string[] = [];
  const { delivery, context } = jobUnderTest({
    isMachineFault: ({ code }) => code === 'device-lost',
    checkResult: () => {
      throw new FailedError('device-lost', 'oh');
    },
  });
  const machine = { worked: () => assert.fail(), failed: (fault: unknown) => void seen.push(String(fault)) };
  const ended = await reachEnd(delivery, { ...context, machine });
  assert.equal(told(ended), 'failed device-lost');
  assert.deepEqual(seen, ['UnavailableError: oh', 'UnavailableError: oh'], 'both times it is the machine, too');
});

test('what the last try has said of a job is known when it fails', async () => {
  let tries = 0;
  const { delivery, context } = jobUnderTest({
    msgToCommand: (_message, { headers }) => {
      tries += 1;
      headers.set(`try-${tries}`, 'yes');
      throw tries === 1 ? new UnavailableError('storage-unreachable', 'away') : new RejectedError('oh', 'oh');
    },
  });
  assert.deepEqual((await reachEnd(delivery, context)).headers, { 'try-2': 'yes' });
});

test('a job that waits for what is away is queued', async () => {
  const seen: string[] = [];
  const phases = { enter: (phase: string) => void seen.push(phase) };
  const { delivery, context, shutdown } = jobUnderTest({
    msgToCommand: () => {
      shutdown.abort(new InterruptedError('shutdown', 'enough'));
      throw new UnavailableError('storage-unavailable', 'away');
    },
  });
  const openJob: JobFlowContext['openJob'] = async (opened) => Object.assign(await context.openJob(opened), { phases });
  await reachEnd(delivery, { ...context, openJob });
  assert.equal(seen.join(' '), 'prepared queued');
});

test('no command: the message is ignored, nothing is run', async () => {
  const ended = await run({ msgToCommand: () => undefined }, job, { runCommand: () => assert.fail('it was run') });
  assert.equal(told(ended), 'ignored');
});

test('an empty command: nothing is run nor checked, and the response is asked for', async () => {
  const author: Partial<JobAuthor> = {
    msgToCommand: () => [],
    checkResult: () => assert.fail('it was checked'),
    makeResponse: (_message, elapsedSeconds) => ({ elapsedSeconds }),
  };
  const ended = await run(author, job, { runCommand: () => assert.fail('it was run') });
  assert.equal(told(ended), 'completed {"elapsedSeconds":0}');
});

test('what is no message never reaches the author', async () => {
  const ended = await run({ msgToCommand: () => assert.fail('it reached the author') }, 'HELLO!');
  assert.equal(told(ended), 'rejected message-not-json');
});

test('whatever a step throws ends the job, none of it the worker', async () => {
  const oh = (): never => {
    throw new FailedError('oh', 'oh');
  };
  const bug = (): never => {
    throw new TypeError('x is not a function');
  };
  for (const step of ['describe', 'msgToCommand', 'checkResult', 'makeResponse']) {
    assert.equal(told(await run({ [step]: oh })), 'failed oh', step);
    assert.equal(told(await run({ [step]: bug })), 'failed runner-error', step);
  }
});

test('a response that is no JSON fails the job', async () => {
  const circle: Record<string, unknown> = {};
  circle['self'] = circle;
  assert.equal(told(await run({ makeResponse: () => circle })), 'failed runner-error');
});

test('a jobId that names nothing is not repeated', async () => {
  for (const jobId of [`"${'x'.repeat(900_000)}"`, '['.repeat(400) + ']'.repeat(400), '9'.repeat(900_000)]) {
    const { fields } = await run({}, `{"jobId": ${jobId}}`);
    assert.deepEqual(fields, {});
  }
});

test('a job that waits for a place when the worker stops is kept', async () => {
  const enterPlace = async (): Promise<never> => {
    throw new NoPlaceError('shutdown', 'stopped by SIGTERM');
  };
  assert.equal(told(await run({}, job, { enterPlace })), 'interrupted shutdown');
});

test('the default check refuses any exit but 0, and tells the last lines', async () => {
  const ends = [
    { exitCode: 3, signal: null, says: /exited with 3; its last lines:\nno space left/ },
    { exitCode: null, signal: 'SIGSEGV' as const, says: /was ended by SIGSEGV/ },
  ];
  for (const { says, ...end } of ends) {
    const runCommand = async (_command: unknown, { output }: Job): Promise<typeof end & { elapsedSeconds: number }> => {
      output.addLine('no space left');
      return { ...end, elapsedSeconds: 1 };
    };
    const { outcome } = await run({}, job, { runCommand });
    assert.ok(outcome.kind === 'failed');
    assert.equal(outcome.error.code, 'command-failed');
    assert.match(outcome.error.message, says);
  }
});

test('headers that the author adds travel with the result', async () => {
  const { outcome } = await run({
    makeResponse: (_message, _elapsedSeconds, { headers }) => {
      headers.set('device', 'CPU');
      return {};
    },
  });
  assert.deepEqual(outcome, { kind: 'completed', response: '{}', headers: { device: 'CPU' } });
});

test('what is away is waited for with a new folder each time; what was let in is let go of', async () => {
  const folders: string[] = [];
  let released = 0;
  const ended = await run({
    msgToCommand: (_message, { resources, folder }) => {
      resources.defer(() => void (released += 1));
      folders.push(folder);
      if (folders.length === 1) throw new UnavailableError('storage-unreachable', 'away');
      return ['true'];
    },
  });
  assert.equal(told(ended), 'completed undefined');
  assert.deepEqual([new Set(folders).size, released], [2, 2]);
  for (const folder of folders) await assert.rejects(access(folder), { code: 'ENOENT' });
});

test('nothing of an attempt runs before the group knows of it', async () => {
  const known = Promise.withResolvers<void>();
  let isKnown = false;
  const { delivery, context } = jobUnderTest({ msgToCommand: () => (assert.ok(isKnown, 'too early'), undefined) });
  const ended = reachEnd({ ...delivery, begun: known.promise }, context);
  await new Promise((resolve) => setImmediate(resolve));
  isKnown = true;
  known.resolve();
  assert.equal(told(await ended), 'ignored');
});

test('an attempt that the group could not be told of is interrupted for the reason of that', async () => {
  const { delivery, context, lose } = jobUnderTest({ msgToCommand: () => assert.fail('it was begun') });
  lose();
  const begun = Promise.reject(new InterruptedError('partition-lost', 'taken away'));
  assert.equal(told(await reachEnd({ ...delivery, begun }, context)), 'interrupted partition-lost');
});

test('a job over which workers died too often is given up, and not run; what it is called is still told', async () => {
  const { delivery, context } = jobUnderTest({ msgToCommand: () => assert.fail('it was begun') });
  const ended = await reachEnd({ ...delivery, attempt: 4 }, context);
  assert.equal(told(ended), 'failed gave-up');
  assert.deepEqual(ended.fields, { jobId: 1 });
  assert.ok(ended.outcome.kind === 'failed');
  assert.match(ended.outcome.error.message, /3 times a worker began this job/);
  assert.equal(told(await run({ msgToCommand: () => undefined }, job, { maxAttempts: 1 })), 'ignored');
});

test('the reason of an abort stays: what a step throws because it was aborted is not the reason', async () => {
  const { delivery, context, shutdown } = jobUnderTest({
    msgToCommand: () => {
      shutdown.abort(new InterruptedError('shutdown', 'stopped by SIGTERM'));
      throw new FailedError('download-failed', 'the download was aborted');
    },
  });
  assert.equal(told(await reachEnd(delivery, context)), 'interrupted shutdown');
});

test('a partition that is lost before the job starts: nothing is begun', async () => {
  const { delivery, context, lose } = jobUnderTest({ msgToCommand: () => assert.fail('it was begun') });
  lose();
  assert.equal(told(await reachEnd(delivery, context)), 'interrupted partition-lost');
});

test('an attempt that takes longer than it may is ended, and has failed', { timeout: 10_000 }, async () => {
  const msgToCommand: JobAuthor['msgToCommand'] = (_message, { signal }) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('aborted, says a library')));
    });
  assert.equal(told(await run({ msgToCommand }, job, { jobTimeoutMs: 50 })), 'failed timed-out');
});

test('a fault while cleaning up decides nothing', async () => {
  const ended = await run({
    msgToCommand: (_message, { resources }) => {
      resources.defer(() => Promise.reject(new Error('a stale file handle')));
      return ['true'];
    },
    makeResponse: () => ({ good: true }),
  });
  assert.equal(told(ended), 'completed {"good":true}');
  assert.match(String(ended.lines[0]?.['message']), /could not be let go of/);
});

test('an author who interrupts a job fails it: kept while its partition is ours, nobody would do it', async () => {
  const ended = await run({
    msgToCommand: () => {
      throw new InterruptedError('not-now', 'later perhaps');
    },
  });
  assert.equal(told(ended), 'failed runner-error');
});
