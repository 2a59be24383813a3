import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AcknowledgedCommitter } from '../../src/broker/acknowledged-committer.ts';
import type { Position } from '../../src/broker/port.ts';
import { ConfigError, UnavailableError } from '../../src/errors.ts';
import { Intake } from '../../src/intake.ts';
import { reachEnd } from '../../src/job-flow.ts';
import { JobsUnderWay } from '../../src/jobs-under-way.ts';
import { maxMetadataLength } from '../../src/offsets/position-metadata.ts';
import { aPartition } from './a-partition.ts';
import { anArrival } from './an-arrival.ts';
import { jobUnderTest } from './job-under-test.ts';
import { workerUnderTest } from './worker-under-test.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('many slots that are served at once do not outgrow the metadata together', async () => {
  const { owned } = aPartition();
  const { ledger } = owned;
  for (let offset = 0; offset < 4_000; offset += 1) ledger.deliver(offset);
  const length = (): number => ledger.position()?.metadata.length ?? 0;
  // Until there is room for one job.
  for (let offset = 1; length() < maxMetadataLength - 70; offset += 2) ledger.finish(offset);
  assert.ok(ledger.hasRoomFor(2));

  const jobs = new JobsUnderWay(3, () => intake.recheck());
  const limits = { highRecords: 256, highBytes: 1_000_000, pause: () => {}, resume: () => {} };
  const intake: Intake = new Intake(limits, jobs);
  const other = anArrival({ partition: 9, alone: true });
  jobs.enter(other);
  for (let slot = 0; slot < 16; slot += 1) void intake.take();
  for (let offset = 2; offset < 40; offset += 2) intake.offer(anArrival({ offset, owned }));
  jobs.leave(other);
  await turn();
  assert.ok(length() <= maxMetadataLength, `${length()} characters`);
});

test('an author who cannot describe a job for now strands no job', { timeout: 5_000 }, async () => {
  let calls = 0;
  const { delivery, context } = jobUnderTest({
    describe: () => {
      calls += 1;
      if (calls === 1) throw new UnavailableError('storage-unreachable', 'away');
      return {};
    },
  });
  const { outcome } = await reachEnd(delivery, context);
  assert.notEqual(outcome.kind, 'unavailable');
});

test('a mark that cannot be stored for no fault of the job ends the worker, not the job', async () => {
  const { delivery, context } = jobUnderTest();
  const begun = Promise.reject(new ConfigError('no right to transactions'));
  await assert.rejects(reachEnd({ ...delivery, begun }, context), /no right to transactions/);
});

test('a partition that was taken away while records were acknowledged gets no position', async () => {
  const stored: Position[] = [];
  let ours = true;
  const committer = new AcknowledgedCommitter(
    { send: async () => void (ours = false) },
    { commit: async (positions) => void stored.push(...positions) },
  );
  const position = { topic: 'jobs', partition: 0, offset: 5, metadata: '', carriesRecord: true };
  const committed = committer.commit({
    records: [{ topic: 'out', value: '1' }],
    positions: [position],
    guard: () => ours,
  });
  await committed.catch(() => undefined);
  assert.deepEqual(stored, []);
});

test('a slot that fails leaves no mark on the job that it would have begun next', { timeout: 20_000 }, async (t) => {
  const under = await workerUnderTest(t, { concurrency: 2 });
  under.committer.answer = ({ records }) => {
    if (records.length > 0) throw new Error('a bug');
  };
  const running = under.worker.run();
  await under.until(() => under.lines.some(({ message }) => message === 'partitions assigned'));
  under.deliver(0, 0, 'sleep 60');
  under.deliver(0, 1, 'sleep 0.1');
  under.deliver(0, 2, 'true');
  await assert.rejects(running, /a bug/);
  const { owned } = aPartition(under.committer.positions.at(-1));
  const found = [0, 1, 2].map((offset) => owned.ledger.deliver(offset));
  assert.deepEqual({ ...found[2] }, { count: 0, running: false });
});
