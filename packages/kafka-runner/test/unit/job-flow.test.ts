import assert from 'node:assert/strict';
import { access } from 'node:fs/promises';
import { test } from 'node:test';
import type { ProducedRecord } from '../../src/broker/port.ts';
import { FailedError, InterruptedError, RejectedError, UnavailableError } from '../../src/errors.ts';
import { runJob, type JobAuthor } from '../../src/job-flow.ts';
import type { Job } from '../../src/job.ts';
import { aRecord } from './a-record.ts';
import { jobUnderTest, type JobUnderTest } from './job-under-test.ts';

async function run(author: Partial<JobAuthor>, value = '{"jobId": 1}', job?: JobUnderTest): Promise<JobUnderTest> {
  const ran = job ?? jobUnderTest(author, aRecord({ value: Buffer.from(value) }));
  await runJob(ran.delivery, ran.context);
  return ran;
}

test('a message goes through all the steps, each with what the one before made', async () => {
  const steps: unknown[] = [];
  const { broker } = await run(
    {
      msgToCommand: ({ value }) => (steps.push(value), ['render', 'it']),
      checkResult: (result) => void steps.push(result),
      makeResponse: ({ value }, elapsedSeconds) => ({ job: value, elapsedSeconds }),
    },
    '{"jobId": 9223372036854775808}',
  );
  assert.deepEqual(steps, [{ jobId: 9223372036854775808n }, { exitCode: 0, signal: null, elapsedSeconds: 0.5 }]);
  assert.deepEqual(broker.story, ['out {"job":{"jobId":9223372036854775808},"elapsedSeconds":0.5}', 'jobs/0@1']);
});

test('no command: the message is ignored, nothing is run', async () => {
  const job = jobUnderTest({ msgToCommand: () => undefined });
  const { broker } = await run({}, '', {
    ...job,
    context: { ...job.context, runCommand: () => assert.fail('it was run') },
  });
  assert.deepEqual(broker.story, ['jobs/0@1']);
});

test('an empty command: nothing is run nor checked, and the response is asked for', async () => {
  const job = jobUnderTest({
    msgToCommand: () => [],
    checkResult: () => assert.fail('it was checked'),
    makeResponse: (_message, elapsedSeconds) => ({ elapsedSeconds }),
  });
  const { broker } = await run({}, '', {
    ...job,
    context: { ...job.context, runCommand: () => assert.fail('it was run') },
  });
  assert.deepEqual(broker.story, ['out {"elapsedSeconds":0}', 'jobs/0@1']);
});

test('what is no message never reaches the author', async () => {
  const { broker } = await run({ msgToCommand: () => assert.fail('it reached the author') }, 'HELLO!');
  assert.deepEqual(broker.story, ['errors message-not-json', 'jobs/0@1']);
});

test('whatever a step throws ends the job, none of it the worker', async () => {
  const oh = (): never => {
    throw new FailedError('oh', 'oh');
  };
  const bug = (): never => {
    throw new TypeError('x is not a function');
  };
  const stories = [];
  for (const step of ['describe', 'msgToCommand', 'checkResult', 'makeResponse']) {
    for (const author of [{ [step]: oh }, { [step]: bug }]) stories.push((await run(author)).broker.story);
  }
  assert.deepEqual(
    stories,
    Array.from({ length: 4 }, () => [
      ['errors oh', 'jobs/0@1'],
      ['errors runner-error', 'jobs/0@1'],
    ]).flat(),
  );
});

test('a response that is no JSON fails the job', async () => {
  const circle: Record<string, unknown> = {};
  circle['self'] = circle;
  assert.deepEqual((await run({ makeResponse: () => circle })).broker.story, ['errors runner-error', 'jobs/0@1']);
});

test('a jobId that names nothing ends no worker', async () => {
  for (const jobId of [`"${'x'.repeat(900_000)}"`, '['.repeat(400) + ']'.repeat(400), '9'.repeat(900_000)]) {
    const { broker, lines } = await run(
      {
        msgToCommand: () => {
          throw new RejectedError('oh', 'oh');
        },
      },
      `{"jobId": ${jobId}}`,
    );
    assert.deepEqual(broker.story, ['errors oh', 'jobs/0@1']);
    assert.ok(String((broker.written[0] as ProducedRecord).value).length < 400_000);
    assert.ok(JSON.stringify(lines).length < 5_000, 'log lines stay short');
  }
});

test('the default check refuses any exit but 0, and tells the last lines', async () => {
  const ends = [
    { exitCode: 3, signal: null, says: /exited with 3; its last lines:\nno space left/ },
    { exitCode: null, signal: 'SIGSEGV' as const, says: /was ended by SIGSEGV/ },
  ];
  for (const { says, ...end } of ends) {
    const job = jobUnderTest();
    const runCommand = async (_command: unknown, { output }: Job): Promise<typeof end & { elapsedSeconds: number }> => {
      output.addLine('no space left');
      return { ...end, elapsedSeconds: 1 };
    };
    await run({}, '', { ...job, context: { ...job.context, runCommand } });
    assert.deepEqual(job.broker.story, ['errors command-failed', 'jobs/0@1']);
    assert.match(
      (JSON.parse(String((job.broker.written[0] as ProducedRecord).value)) as { message: string }).message,
      says,
    );
  }
});

test('headers that the author adds travel with the result', async () => {
  const { broker } = await run({
    makeResponse: (_message, _elapsedSeconds, job) => {
      job.headers.set('device', 'CPU');
      return {};
    },
  });
  assert.equal((broker.written[0] as ProducedRecord).headers?.['device'], 'CPU');
});

test('what is away is waited for with a new folder each time; what was let in is let go of', async () => {
  const folders: string[] = [];
  let released = 0;
  const { broker } = await run({
    msgToCommand: (_message, job) => {
      job.resources.defer(() => void (released += 1));
      folders.push(job.folder);
      if (folders.length === 1) throw new UnavailableError('storage-unreachable', 'away');
      return ['true'];
    },
  });
  assert.deepEqual(broker.story, ['jobs/0@1']);
  assert.deepEqual([new Set(folders).size, released], [2, 2]);
  for (const folder of folders) await assert.rejects(access(folder), { code: 'ENOENT' });
});

test('the reason of an abort stays: what a step throws because it was aborted is not the reason', async () => {
  const job = jobUnderTest({
    msgToCommand: () => {
      job.shutdown.abort(new InterruptedError('shutdown', 'stopped by SIGTERM'));
      throw new FailedError('download-failed', 'the download was aborted');
    },
  });
  await run({}, '', job);
  assert.deepEqual(job.broker.story, []);
  assert.match(String(job.lines.at(-1)?.['message']), /the job is kept: stopped by SIGTERM/);
});

test('a partition that is lost before the job starts: nothing is begun', async () => {
  const job = jobUnderTest({ msgToCommand: () => assert.fail('it was begun') });
  job.revoke();
  await run({}, '', job);
  assert.deepEqual(job.broker.story, []);
});

test('an attempt that takes longer than it may is ended, and has failed', { timeout: 10_000 }, async () => {
  const job = jobUnderTest({
    msgToCommand: (_message, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('aborted, says a library')));
      }),
  });
  await runJob(job.delivery, { ...job.context, jobTimeoutMs: 50 });
  assert.deepEqual(job.broker.story, ['errors timed-out', 'jobs/0@1']);
});

test('a fault while cleaning up decides nothing', async () => {
  const { broker, lines } = await run({
    msgToCommand: (_message, job) => {
      job.resources.defer(() => Promise.reject(new Error('a stale file handle')));
      return ['true'];
    },
    makeResponse: () => ({ good: true }),
  });
  assert.deepEqual(broker.story, ['out {"good":true}', 'jobs/0@1']);
  assert.match(String(lines[0]?.['message']), /could not be let go of/);
});

test('an author who interrupts a job fails it: kept while its partition is ours, nobody would do it', async () => {
  const { broker } = await run({
    msgToCommand: () => {
      throw new InterruptedError('not-now', 'later perhaps');
    },
  });
  assert.deepEqual(broker.story, ['errors runner-error', 'jobs/0@1']);
});
