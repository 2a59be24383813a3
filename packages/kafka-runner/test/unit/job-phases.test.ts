import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import { JobPhases, monotonicSeconds } from '../../src/job-phases.ts';

/** Phases of a job, and the clock that they read: it stands until somebody moves it. */
function phasesAt(seconds: number, queuedSince = seconds): { phases: JobPhases; pass: (seconds: number) => void } {
  let now = seconds;
  return { phases: new JobPhases(queuedSince, () => now), pass: (more) => (now += more) };
}

test('a job that has only waited', () => {
  const { phases } = phasesAt(100, 97.5);
  assert.deepEqual(phases.headers(), { 'seconds-queued': '2.500000', 'seconds-total': '2.500000' });
});

test('a phase that comes back is counted as one', () => {
  const { phases, pass } = phasesAt(100, 99);
  for (const [phase, seconds] of [
    ['staged', 2],
    ['queued', 3],
    ['ran', 4],
  ] as const) {
    phases.enter(phase);
    pass(seconds);
  }
  assert.deepEqual(phases.headers(), {
    'seconds-queued': '4.000000',
    'seconds-staged': '2.000000',
    'seconds-ran': '4.000000',
    'seconds-total': '10.000000',
  });
});

test('what is learned of a phase afterwards parts the last stretch of it', () => {
  for (const [at, loaded, rendered] of [
    [101, '1.000000', '3.000000'],
    [99, '0.000000', '4.000000'],
    [110, '4.000000', '0.000000'],
  ] as const) {
    const { phases, pass } = phasesAt(100);
    phases.enter('loaded');
    pass(4);
    phases.enter('uploaded');
    pass(5);
    phases.split('loaded', 'rendered', at);
    const { 'seconds-total': total, ...parts } = phases.headers();
    assert.deepEqual(
      { total, parts },
      {
        total: '9.000000',
        parts: {
          'seconds-queued': '0.000000',
          'seconds-loaded': loaded,
          'seconds-rendered': rendered,
          'seconds-uploaded': '5.000000',
        },
      },
      `at ${at}`,
    );
  }
});

test('a phase that the job is still in is parted, too, and one that it never was in is not', () => {
  const { phases, pass } = phasesAt(100);
  phases.enter('loaded');
  pass(4);
  phases.split('loaded', 'rendered', 103);
  phases.split('never', 'nothing', 103);
  const { 'seconds-loaded': loaded, 'seconds-rendered': rendered, 'seconds-nothing': nothing } = phases.headers();
  assert.deepEqual({ loaded, rendered, nothing }, { loaded: '3.000000', rendered: '1.000000', nothing: undefined });
});

test('whatever happens, no phase is negative, and together they are the whole', () => {
  const phase = fc.constantFrom('queued', 'a', 'b', 'c');
  const enter = fc.record({ enter: phase });
  const split = fc.record({ split: phase, later: phase, at: fc.double({ min: 0, max: 300, noNaN: true }) });
  const step = fc.tuple(fc.oneof(enter, split), fc.double({ min: 0, max: 10, noNaN: true }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      const { phases, pass } = phasesAt(100, 50);
      for (const [what, seconds] of steps) {
        if ('enter' in what) phases.enter(what.enter);
        else phases.split(what.split, what.later, what.at);
        pass(seconds);
      }
      const { 'seconds-total': total, ...parts } = phases.headers();
      const seconds = Object.values(parts).map(Number);
      assert.ok(seconds.every((part) => part >= 0));
      assert.ok(Math.abs(seconds.reduce((sum, part) => sum + part, 0) - Number(total)) < 0.000_01);
    }),
  );
});

test('the clock is the one of all processes of this machine', () => {
  const before = monotonicSeconds();
  const theirs = Number(execFileSync('python3', ['-c', 'import time; print(time.monotonic())'], { encoding: 'utf8' }));
  assert.ok(before < theirs && theirs < monotonicSeconds());
});

test('closed: nothing more counts, not what waits for its commit', () => {
  const { phases, pass } = phasesAt(100, 99);
  phases.enter('ran');
  pass(2);
  phases.close();
  pass(3);
  phases.close();
  assert.deepEqual(Object.fromEntries(phases.seconds()), { queued: 1, ran: 2, total: 3 });
});
