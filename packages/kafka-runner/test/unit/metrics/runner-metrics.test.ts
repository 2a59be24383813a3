// Expected: what a worker does is in the scrape, under names that promtool likes, and the metrics outlive the worker.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { ResidentEvents } from '../../../src/command/resident/resident-events.ts';
import { JobEvents } from '../../../src/job-events.ts';
import { RunnerMetrics, type RunnerMetricsSources } from '../../../src/metrics/runner-metrics.ts';
import { promlint } from '../../prometheus/promlint.ts';
import { Scrape } from '../../prometheus/scrape.ts';
import { aRecord } from '../a-record.ts';
import { RecordingCommitter } from '../recording-committer.ts';
import { workerUnderTest } from '../worker-under-test.ts';

const good = { isGood: true, status: 'ready', reason: 'it takes jobs' };

function metricsUnderTest(different: Partial<RunnerMetricsSources> = {}) {
  const metrics = new RunnerMetrics({
    about: { runner: 'test', worker: 'host-1', topic: 'jobs', group: 'g' },
    jobs: new JobEvents(),
    residents: new ResidentEvents(),
    health: { alive: () => good, ready: () => good },
    counts: () => ({ restarts: 0, stalls: 0, droppedLogLines: 0 }),
    ...different,
  });
  return { metrics, scrape: async () => new Scrape(await metrics.registry.metrics()) };
}

/** A worker that runs, with metrics. */
async function watched(t: TestContext, options = {}) {
  const tested = await workerUnderTest(t, options);
  const { metrics, scrape } = metricsUnderTest({ jobs: tested.events });
  metrics.watch({ status: () => tested.worker.status(), ends: async () => tested.ends });
  const running = tested.worker.run();
  await tested.until(() => tested.lines.some(({ message }) => message === 'partitions assigned'));
  // However the test ends: no job holds it up.
  t.after(async () => {
    tested.kafka().lost([0, 1].map((partition) => ({ topic: 'jobs', partition })));
    tested.worker.stop('the test');
    await running;
  });
  const scrapeWhen = async (name: string, value: number): Promise<Scrape> => {
    for (;;) {
      const seen = await scrape();
      if (seen.value(name) === value) return seen;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  return { ...tested, scrape, scrapeWhen };
}

test('jobs by outcome and code, attempts, and where the time went', { timeout: 20_000 }, async (t) => {
  const worker = await watched(t, { maxAttempts: 2, retryDelayMs: 1 });
  worker.deliver(0, 0, 'sleep 0.05');
  worker.deliver(0, 1, 'exit 3');
  worker.kafka().record(aRecord({ partition: 1, value: Buffer.from('no') }));
  const scrape = await worker.scrapeWhen('kafka_runner_jobs_total', 3);
  const jobs = (outcome: string, code: string) => scrape.value('kafka_runner_jobs_total', { outcome, code });
  assert.equal(jobs('completed', ''), 1);
  assert.equal(jobs('failed', 'command-failed'), 1);
  assert.equal(jobs('rejected', 'message-not-json'), 1);
  assert.equal(scrape.value('kafka_runner_jobs_total'), 3);
  assert.equal(scrape.value('kafka_runner_messages_received_total'), 3);
  assert.equal(scrape.value('kafka_runner_attempts_total'), 4);
  assert.equal(scrape.value('kafka_runner_retries_total', { code: 'command-failed' }), 1);
  assert.deepEqual(scrape.values('kafka_runner_job_phase_seconds', 'phase'), ['answered', 'prepared', 'queued', 'ran']);
  assert.equal(scrape.value('kafka_runner_job_phase_seconds', { phase: 'ran' }), 2);
  assert.ok(scrape.sum('kafka_runner_job_phase_seconds', { phase: 'ran' }) > 0.05);
  assert.equal(scrape.value('kafka_runner_job_seconds', { outcome: 'completed' }), 1);
});

test('slots, intake, lag, and the work that it is', { timeout: 20_000 }, async (t) => {
  const worker = await watched(t, { concurrency: 1, prefetch: 1 });
  worker.ends.push({ topic: 'jobs', partition: 0, offset: 10, metadata: '' });
  worker.deliver(0, 0, 'sleep 0.1');
  await worker.scrapeWhen('kafka_runner_jobs_total', 1);
  for (const offset of [1, 2, 3, 4, 5]) worker.deliver(0, offset, 'sleep 60');
  await worker.until(() => worker.worker.status().busy === 3 && worker.worker.status().busyPlaces === 1);
  const scrape = await worker.scrape();
  const values = Object.fromEntries(
    ['slots', 'slots_busy', 'places', 'places_busy', 'intake_messages', 'intake_paused', 'partitions'].map((name) => [
      name,
      scrape.value(`kafka_runner_${name}`),
    ]),
  );
  assert.deepEqual(values, {
    ...{ slots: 3, slots_busy: 3, places: 1, places_busy: 1 },
    ...{ intake_messages: 2, intake_paused: 0, partitions: 2 },
  });
  const lag = (name: string, partition: string) => scrape.value(`kafka_runner_${name}`, { topic: 'jobs', partition });
  assert.equal(lag('lag_messages', '0'), 9);
  assert.equal(lag('lag_messages', '1'), undefined, 'Kafka says nothing of it');
  const phase = (name: string): number => scrape.sum('kafka_runner_job_phase_seconds', { phase: name });
  const perJob = phase('prepared') + phase('ran') + phase('answered');
  assert.ok(perJob > 0.1);
  assert.ok(Math.abs((lag('lag_work_seconds', '0') ?? 0) - 9 * perJob) < 1e-6);
  worker.kafka().lost([0, 1].map((partition) => ({ topic: 'jobs', partition })));
  const after = await worker.scrapeWhen('kafka_runner_jobs_kept_total', 3);
  assert.equal(after.value('kafka_runner_jobs_kept_total', { code: 'partition-lost' }), 3);
});

test(
  'a broker that does not answer holds no scrape up for long, and there is no lag then',
  { timeout: 10_000 },
  async (t) => {
    const { worker } = await workerUnderTest(t);
    const { metrics, scrape } = metricsUnderTest();
    metrics.watch({ status: () => worker.status(), ends: () => new Promise(() => {}) });
    const startedMs = performance.now();
    assert.deepEqual((await scrape()).values('kafka_runner_lag_messages', 'partition'), []);
    assert.ok(performance.now() - startedMs < 4_000);
  },
);

test('commits, and what is counted elsewhere', async () => {
  let restarts = 1;
  const { metrics, scrape } = metricsUnderTest({ counts: () => ({ restarts, stalls: 2, droppedLogLines: 3 }) });
  const committer = new RecordingCommitter();
  const timed = metrics.timed(committer);
  const commit = { records: [], positions: [], guard: () => true };
  await timed.commit(commit);
  committer.answer = () => {
    throw new Error('away');
  };
  await assert.rejects(timed.commit(commit), /away/);
  await scrape();
  restarts = 4;
  const scraped = await scrape();
  assert.equal(scraped.value('kafka_runner_commit_seconds', { result: 'stored' }), 1);
  assert.equal(scraped.value('kafka_runner_commit_seconds', { result: 'failed' }), 1);
  assert.equal(scraped.value('kafka_runner_restarts_total'), 4);
  assert.equal(scraped.value('kafka_runner_stalls_total'), 2);
  assert.equal(scraped.value('kafka_runner_log_lines_dropped_total'), 3);
});

test('what was away, faults of the machine, and resident programs', async () => {
  const [jobs, residents] = [new JobEvents(), new ResidentEvents()];
  const { scrape } = metricsUnderTest({ jobs, residents });
  const before = await scrape();
  // What is not there before it happens for the first time is no increase to Prometheus.
  for (const name of ['machine_faults_total', 'unavailable_total', 'jobs_kept_total', 'resident_replaced_total'])
    assert.equal(before.value(`kafka_runner_${name}`), 0, name);
  assert.equal(before.value('kafka_runner_commit_seconds', { result: 'failed' }), 0);
  jobs.emit('machineFault', 'machine-exhausted');
  residents.emit('started', 'ready');
  residents.emit('replaced', 'grown');
  const scraped = await scrape();
  assert.equal(scraped.value('kafka_runner_machine_faults_total', { code: 'machine-exhausted' }), 1);
  assert.equal(scraped.value('kafka_runner_resident_starts_total', { result: 'ready' }), 1);
  assert.equal(scraped.value('kafka_runner_resident_starts_total', { result: 'failed' }), 0);
  assert.equal(scraped.value('kafka_runner_resident_replaced_total', { reason: 'grown' }), 1);
});

test('promtool would find nothing, nor would it in what is said of the process', async () => {
  const { metrics, scrape } = metricsUnderTest();
  const scraped = await scrape();
  assert.deepEqual(promlint(scraped), []);
  for (const name of ['process_cpu_seconds_total', 'process_resident_memory_bytes', 'nodejs_eventloop_lag_seconds'])
    assert.notEqual(scraped.value(name), undefined);
  assert.equal(scraped.value('kafka_runner_info', { runner: 'test', topic: 'jobs' }), 1);
  assert.equal(scraped.value('kafka_runner_ready'), 1);
  const { status, type, body } = (await metrics.pages['/readyz']?.()) ?? {};
  assert.deepEqual([status, type], [200, 'application/json']);
  assert.deepEqual(JSON.parse(body ?? ''), { status: 'ready', reason: 'it takes jobs' });
});
