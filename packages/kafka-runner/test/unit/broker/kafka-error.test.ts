import assert from 'node:assert/strict';
import { test } from 'node:test';
import kafka from '@confluentinc/kafka-javascript';
import { toJobError } from '../../../src/broker/kafka-error.ts';
import { FailedError, UnavailableError } from '../../../src/errors.ts';

const codes = kafka.CODES.ERRORS;

test('a record that is too large fails the job', () => {
  const error = toJobError({ code: codes.ERR_MSG_SIZE_TOO_LARGE, message: 'oh' }, 'send to out');
  assert.ok(error instanceof FailedError);
  assert.equal(error.code, 'record-too-large');
});

test('whatever else the cluster says, the job is kept', () => {
  for (const code of [
    codes.ERR__ALL_BROKERS_DOWN,
    codes.ERR__MSG_TIMED_OUT,
    // A worker that keeps its partitions is told so too, while its group rebalances: only a revocation takes one away.
    codes.ERR_ILLEGAL_GENERATION,
    codes.ERR_UNKNOWN_MEMBER_ID,
    codes.ERR_REBALANCE_IN_PROGRESS,
    codes.ERR_TOPIC_AUTHORIZATION_FAILED,
    codes.ERR_UNKNOWN_TOPIC_OR_PART,
    codes.ERR__QUEUE_FULL,
  ]) {
    const cause = { code, message: 'oh' };
    const error = toJobError(cause, 'send to out');
    assert.ok(error instanceof UnavailableError);
    assert.deepEqual([error.message, error.cause], ['Kafka: send to out: oh', cause]);
  }
});
