import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { FailedError, RejectedError, UnavailableError, type JobError } from '../../../src/errors.ts';
import type { Delivery } from '../../../src/job-flow.ts';
import type { JsonObject } from '../../../src/json.ts';
import { toEarlyEnd, type Outcome } from '../../../src/outcome.ts';
import { JobTeller } from '../../../src/progress/job-teller.ts';
import { aRecord } from '../a-record.ts';
import { jobUnderTest } from '../job-under-test.ts';

const phaseNames = { prepared: 'prepared', ran: 'ran', answered: 'answered' };
const stateNames = { prepared: 'staged', running: 'rendering', answering: 'uploading' };
const completed: Outcome = { kind: 'completed', response: undefined, headers: {} };

/** A teller, a clock that stands, and what was told at which millisecond. */
function telling(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 0 });
  t.mock.method(performance, 'now', () => Date.now());
  const { delivery, context } = jobUnderTest({}, aRecord({ offset: 7 }));
  const told: { at: number; key: string; event: JsonObject }[] = [];
  const tell = (key: string, event: JsonObject): void => void told.push({ at: Date.now(), key, event });
  const { events } = context;
  const teller = new JobTeller({ events, phaseNames, stateNames, worker: 'host-1', tell });
  const end = (outcome: Outcome): boolean => events.emit('ended', { ...delivery, fields: { jobId: 1 }, outcome });
  const pass = (ms: number): void => {
    for (let passed = 0; passed < ms; passed += 10) t.mock.timers.tick(10);
  };
  const states = (): unknown[] => told.map(({ at, event }) => [at, event['state']]);
  return { delivery, events, told, teller, end, pass, states };
}

const enter = (delivery: Delivery, phase: string) => ['phase', delivery, phase] as const;

test('a job from its begin to its end: its states, each with its time', (t) => {
  const { delivery, events, told, end, pass, states } = telling(t);
  events.emit('begun', delivery);
  events.emit('described', delivery, { jobId: 42n, scenePath: 'a/b' });
  events.emit(...enter(delivery, 'prepared'));
  pass(1_000);
  events.emit(...enter(delivery, 'queued'));
  pass(600);
  events.emit(...enter(delivery, 'ran'));
  events.emit('reported', delivery, { frame: 3, etaSeconds: 1.5 });
  pass(600);
  events.emit(...enter(delivery, 'answered'));
  events.emit('reported', delivery, { etaSeconds: undefined });
  pass(600);
  end(completed);
  pass(600);
  const expected = [
    [50, 'accepted'],
    [1_050, 'staged'],
    [1_650, 'rendering'],
    [2_250, 'uploading'],
    [2_850, 'completed'],
  ];
  assert.deepEqual(states(), expected);
  assert.deepEqual(told[2]?.key, 'jobs-0-7');
  assert.deepEqual(told[2]?.event, {
    kind: 'job',
    ...{ jobId: 42n, scenePath: 'a/b', frame: 3, etaSeconds: 1.5 },
    ...{ topic: 'jobs', partition: 0, offset: 7, attempt: 1, worker: 'host-1' },
    state: 'rendering',
    states: [
      { state: 'accepted', time: '1970-01-01T00:00:00.000Z' },
      { state: 'staged', time: '1970-01-01T00:00:01.000Z' },
      { state: 'rendering', time: '1970-01-01T00:00:01.600Z' },
    ],
    time: '1970-01-01T00:00:01.600Z',
  });
  assert.equal(told[3]?.event['etaSeconds'], undefined);
});

test('a job that is over in a moment is one event, which tells all of its states', (t) => {
  const { delivery, events, told, end, pass } = telling(t);
  events.emit('begun', delivery);
  for (const phase of ['prepared', 'queued', 'ran', 'answered']) events.emit(...enter(delivery, phase));
  end(completed);
  pass(2_000);
  const { event } = told[0] ?? assert.fail();
  const states = (event['states'] as { state: string }[]).map(({ state }) => state);
  assert.deepEqual([told.length, states], [1, ['accepted', 'staged', 'rendering', 'uploading', 'completed']]);
});

test('at most two a second, whatever happens; the latest holds and the end is told within a second', (t) => {
  const { delivery, events, told, end, pass } = telling(t);
  events.emit('begun', delivery);
  for (let frame = 0; frame < 495; frame += 1) {
    events.emit('reported', delivery, { frame });
    pass(10);
  }
  end(completed);
  pass(2_000);
  const times = told.map(({ at }) => at);
  for (const at of times)
    assert.ok(times.filter((other) => other >= at && other < at + 1_000).length <= 2, times.join());
  const last = told.at(-1);
  assert.deepEqual([last?.event['state'], last?.event['frame']], ['completed', 494]);
  assert.ok((last?.at ?? Infinity) - 4_950 <= 1_000);
  assert.ok(told.length >= 9, `${told.length} events in five seconds`);
});

test('every end, and why', (t) => {
  const { delivery, events, told, end, pass } = telling(t);
  const ends: [JobError, string][] = [
    [new RejectedError('message-empty', 'oh'), 'rejected'],
    [new FailedError('command-failed', 'x'.repeat(2_000)), 'failed'],
    [new FailedError('cancelled', 'by order'), 'cancelled'],
  ];
  for (const [error, state] of ends) {
    events.emit('begun', delivery);
    end(toEarlyEnd(error));
    pass(1_100);
    const { event } = told.at(-1) ?? assert.fail();
    assert.deepEqual([event['state'], event['code']], [state, error.code]);
    assert.equal(event['message'], error.message.slice(0, 1_000));
  }
});

test('what is away, another attempt, and handed back', (t) => {
  const { delivery, events, states, told, pass } = telling(t);
  const failed = { ...delivery, fields: {}, outcome: toEarlyEnd(new FailedError('command-failed', 'oh')) };
  events.emit('begun', delivery);
  events.emit(...enter(delivery, 'prepared'));
  events.emit('away', delivery, new UnavailableError('storage-unreachable', 'away'));
  events.emit(...enter(delivery, 'queued'));
  pass(1_000);
  assert.equal(told.at(-1)?.event['code'], 'storage-unreachable');
  events.emit(...enter(delivery, 'prepared'));
  pass(1_000);
  assert.equal(told.at(-1)?.event['code'], undefined);
  events.emit('rested', failed, 1_000);
  pass(1_000);
  events.emit('begun', { ...delivery, attempt: 2 });
  pass(1_000);
  assert.deepEqual(
    [told.at(-1)?.event['attempt'], told.at(-1)?.event['states']],
    [2, [{ state: 'accepted', time: '1970-01-01T00:00:03.000Z' }]],
  );
  events.emit('kept', failed);
  pass(1_000);
  const names = states().map((state) => (state as string[])[1]);
  assert.deepEqual(names, ['waiting', 'accepted', 'waiting', 'accepted', 'kept']);
});

test('what is untold at the end of the worker is told, and nothing after it', (t) => {
  const { delivery, events, told, teller, end, pass } = telling(t);
  events.emit('begun', delivery);
  pass(100);
  end(completed);
  teller[Symbol.dispose]();
  events.emit('begun', delivery);
  pass(1_000);
  assert.deepEqual(
    told.map(({ event }) => event['state']),
    ['accepted', 'completed'],
  );
});

test('a job that has to be prepared anew begins its states anew', (t) => {
  const { delivery, events, told, pass } = telling(t);
  events.emit('begun', delivery);
  for (const phase of ['prepared', 'queued', 'ran', 'answered', 'prepared', 'queued', 'ran'])
    events.emit(...enter(delivery, phase));
  pass(100);
  const { event } = told[0] ?? assert.fail();
  const states = (event['states'] as { state: string }[]).map(({ state }) => state);
  const round = ['accepted', 'staged', 'rendering'];
  assert.deepEqual(states, [...round, 'uploading', ...round]);
});
