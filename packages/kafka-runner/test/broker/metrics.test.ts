// Expected: a worker that is asked for metrics says over HTTP what it has done, how far it is and what waits, as Prometheus and
// an orchestrator read it. What it counts is what stands on the topics, also when its Kafka client was made anew meanwhile. One that is
// not asked opens no port, and a port that is in use ends it at the start, with one clear line. The trace of a job goes on.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunnerProcess } from '../kafka/runner-process.ts';
import { RunnerUnderTest } from '../kafka/runner-under-test.ts';
import { promlint } from '../prometheus/promlint.ts';
import { Scrape } from '../prometheus/scrape.ts';

const metrics = { port: 0 };
const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

async function urlOf(worker: RunnerProcess): Promise<string> {
  return String((await worker.logged(/^metrics are served$/))['url']);
}

async function health(url: string, path: 'healthz' | 'readyz'): Promise<[number, string]> {
  const response = await fetch(`${url}/${path}`);
  const { status } = (await response.json()) as { status: string };
  return [response.status, status];
}

test('jobs of all outcomes, lag, and a worker from its start to its end', { timeout: 60_000 }, async (t) => {
  const runner = await RunnerUnderTest.create(t);
  const times = { retryDelayMs: 10, commandGraceMs: 500, shutdownTimeoutMs: 2_000 };
  const worker = await runner.startAssigned({ metrics, maxAttempts: 2, ...times });
  const url = await urlOf(worker);
  assert.deepEqual(await health(url, 'readyz'), [200, 'ready']);
  assert.deepEqual(await health(url, 'healthz'), [200, 'alive']);

  await runner.send({ command: ['true'] }, { command: ['sh', '-c', 'sleep 0.2'] }, { command: ['false'] });
  await runner.sendValue('{}');
  await runner.sendValue('no JSON');
  await runner.sendValue('{"command": ["true"]}', { headers: { traceparent, tracestate: 'rojo=1' } });
  const { terminals } = await runner.assertAllDone();
  const scrape = await Scrape.when(url, (seen) => seen.value('kafka_runner_jobs_total') === 6);
  assert.deepEqual(promlint(scrape), []);
  const jobs = (outcome: string, of: string) => scrape.value('kafka_runner_jobs_total', { outcome, code: of });
  assert.deepEqual(
    [jobs('completed', ''), jobs('failed', 'command-failed'), jobs('rejected', 'no-command')],
    [3, 1, 1],
  );
  assert.equal(jobs('rejected', 'message-not-json'), 1);
  assert.equal(scrape.value('kafka_runner_attempts_total'), 7);
  assert.equal(scrape.value('kafka_runner_retries_total', { code: 'command-failed' }), 1);
  const rans = terminals.map(({ record }) => Number(record.headers['seconds-ran'] ?? 0));
  const inHeaders = rans.reduce((sum, seconds) => sum + seconds, 0);
  assert.ok(Math.abs(scrape.sum('kafka_runner_job_phase_seconds', { phase: 'ran' }) - inHeaders) < 0.01);
  assert.ok((scrape.value('kafka_runner_commit_seconds', { result: 'stored' }) ?? 0) >= 6);
  assert.equal(scrape.value('kafka_runner_lag_messages', { topic: runner.inTopic, partition: '0' }), 0);
  const traced = terminals.filter(({ record }) => record.headers['traceparent'] === traceparent);
  assert.deepEqual(
    traced.map(({ kind, record }) => [kind, record.headers['tracestate']]),
    [['result', 'rojo=1']],
  );

  await runner.send(...Array.from({ length: 3 }, () => ({ command: ['sh', '-c', 'echo begun; sleep 60'] })));
  await worker.logged(/^begun$/);
  const busy = await Scrape.when(url, (seen) => seen.value('kafka_runner_lag_messages') === 3);
  assert.ok((busy.value('kafka_runner_lag_work_seconds') ?? 0) > 0);
  assert.deepEqual(
    ['slots', 'slots_busy', 'places_busy', 'intake_messages'].map((name) => busy.value(`kafka_runner_${name}`)),
    [1, 1, 1, 2],
  );
  worker.signal('SIGTERM');
  await worker.logged(/^SIGTERM: running jobs have/);
  assert.deepEqual(await health(url, 'readyz'), [503, 'draining']);
  assert.deepEqual(await health(url, 'healthz'), [200, 'alive']);
  assert.equal((await worker.end()).exitCode, 0);
});

test('no broker answers: it is not ready, and lives', { timeout: 60_000 }, async (t) => {
  const runner = await RunnerUnderTest.create(t);
  const worker = runner.start({ metrics, bootstrapServers: ['127.0.0.1:1'] });
  const url = await urlOf(worker);
  assert.deepEqual(await health(url, 'readyz'), [503, 'connecting']);
  assert.deepEqual(await health(url, 'healthz'), [200, 'alive']);
  assert.equal((await Scrape.of(url)).value('kafka_runner_ready'), 0);
});

test('a Kafka client that is made anew keeps the metrics', { timeout: 60_000 }, async (t) => {
  const runner = await RunnerUnderTest.create(t);
  const worker = await runner.startAssigned({ metrics, stallTimeoutMs: 1_000, commandGraceMs: 500 }, { muteAfter: 1 });
  const url = await urlOf(worker);
  await runner.send({ command: ['true'] });
  await Scrape.when(url, (seen) => seen.value('kafka_runner_jobs_total') === 1);
  await runner.send({ command: ['true'] });
  await worker.logged(/the consumer is made anew/);
  const scrape = await Scrape.when(url, (seen) => seen.value('kafka_runner_jobs_total') === 2);
  assert.deepEqual(
    ['stalls_total', 'restarts_total', 'ready'].map((name) => scrape.value(`kafka_runner_${name}`)),
    [1, 1, 1],
  );
  assert.equal(scrape.value('kafka_runner_lag_messages', { partition: '0' }), 0, 'of the client that lives');
});

test(
  'two workers on a machine: a port in use is said at the start, and one of its own works',
  { timeout: 60_000 },
  async (t) => {
    const runner = await RunnerUnderTest.create(t, { partitions: 2 });
    const first = runner.start({ metrics });
    const port = Number(new URL(await urlOf(first)).port);
    const second = runner.start({ metrics: { port } });
    assert.equal((await second.end()).exitCode, 1);
    assert.match(
      second.text,
      new RegExp(`^test-runner: metrics cannot be served at 127\\.0\\.0\\.1:${port}: the port is in use`, 'm'),
    );
    const third = runner.start({ metrics });
    assert.notEqual(await urlOf(third), await urlOf(first));
  },
);

test(
  'polls of the Kafka client are not answered any more: it should be started anew',
  { timeout: 60_000 },
  async (t) => {
    const runner = await RunnerUnderTest.create(t);
    const deaf = { muteAfter: 1, mutePolls: true };
    const worker = await runner.startAssigned({ metrics, stallTimeoutMs: 1_000 }, deaf);
    const url = await urlOf(worker);
    assert.deepEqual(await health(url, 'healthz'), [200, 'alive']);
    await runner.send({ command: ['true'] });
    await worker.logged(/^completed$/);
    while ((await health(url, 'healthz'))[0] === 200) await sleep(100);
    assert.deepEqual(await health(url, 'healthz'), [503, 'silent']);
  },
);

test('without being asked for there is no port', { timeout: 60_000 }, async (t) => {
  const runner = await RunnerUnderTest.create(t);
  const worker = await runner.startAssigned();
  assert.deepEqual(listenersOf(worker.pid), []);
  const asked = await runner.startAssigned({ metrics });
  assert.equal(listenersOf(asked.pid).length, 1, 'the look finds one');
});

/** Local addresses, in hexadecimal, at which a process listens (proc(5): state 0A of /proc/net/tcp, and its inode). */
function listenersOf(pid: number): string[] {
  const files = readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${fd}`)];
    } catch {
      return [];
    }
  });
  const sockets = new Set(files.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []));
  const lines = ['tcp', 'tcp6'].flatMap((kind) =>
    readFileSync(`/proc/net/${kind}`, 'utf8').trim().split('\n').slice(1),
  );
  return lines.flatMap((line) => {
    const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
    return state === '0A' && sockets.has(inode) ? [local] : [];
  });
}
