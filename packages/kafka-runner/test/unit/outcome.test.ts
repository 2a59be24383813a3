import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FailedError, InterruptedError, JobError, RejectedError, UnavailableError } from '../../src/errors.ts';
import { toEarlyEnd } from '../../src/outcome.ts';

test('the class of an error decides the outcome', () => {
  const kinds = [RejectedError, FailedError, UnavailableError, InterruptedError].map((Class) => {
    const error = new Class('some-code', 'some message');
    const end = toEarlyEnd(error);
    assert.equal(end.error, error);
    return end.kind;
  });
  assert.deepEqual(kinds, ['rejected', 'failed', 'unavailable', 'interrupted']);
});

test('an error that nobody foresaw is the failure of the runner, with its cause', () => {
  const cause = new TypeError('x is not a function');
  const { kind, error } = toEarlyEnd(cause);
  assert.deepEqual([kind, error.code, error.cause], ['failed', 'runner-error', cause]);
  assert.match(error.message, /x is not a function/);
  assert.match(toEarlyEnd('a thrown text').error.message, /a thrown text/);
  assert.match(toEarlyEnd(undefined).error.message, /undefined/);
});

test('an error of an author who derives from ours keeps its outcome, and its own name', () => {
  class NoSuchScene extends RejectedError {}
  const end = toEarlyEnd(new NoSuchScene('no-such-scene', 'there is none'));
  assert.deepEqual([end.kind, end.error.name, end.error instanceof JobError], ['rejected', 'NoSuchScene', true]);
});
