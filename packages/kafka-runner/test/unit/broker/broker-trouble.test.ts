import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BrokerTrouble } from '../../../src/broker/broker-trouble.ts';
import { recordingLogger } from '../recording-logger.ts';

const refused = { code: -195, message: 'connection refused' };

test('a flood of errors is one warning, and the answer of a broker one line', () => {
  const { logger, lines } = recordingLogger();
  const trouble = new BrokerTrouble(logger);
  for (let i = 0; i < 1_000; i += 1) trouble.report(refused);
  trouble.over();
  trouble.over();
  assert.deepEqual(
    lines.map(({ level, message }) => [level, message]),
    [
      ['warn', 'Kafka: connection refused'],
      ['info', 'Kafka: the broker answers again'],
    ],
  );
});

test('what lasts is mentioned again after half a minute, with how often it came meanwhile', (t) => {
  const { logger, lines } = recordingLogger();
  const trouble = new BrokerTrouble(logger);
  let nowMs = 1_000;
  t.mock.method(performance, 'now', () => nowMs);
  for (let i = 0; i < 10; i += 1) trouble.report(refused);
  nowMs += 30_001;
  trouble.report(refused);
  assert.deepEqual(
    lines.map(({ more }) => more),
    [0, 9],
  );
});

test('what goes wrong after an answer is news', () => {
  const { logger, lines } = recordingLogger();
  const trouble = new BrokerTrouble(logger);
  trouble.report(refused);
  trouble.over();
  trouble.report(refused);
  assert.deepEqual(
    lines.map(({ level }) => level),
    ['warn', 'info', 'warn'],
  );
});

test('a broker that was never away is not mentioned', () => {
  const { logger, lines } = recordingLogger();
  new BrokerTrouble(logger).over();
  assert.deepEqual(lines, []);
});
