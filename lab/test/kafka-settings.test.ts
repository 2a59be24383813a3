import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serverProperties } from '../kafka-settings.ts';

const place = { port: 20_001, controllerPort: 20_002, dataFolder: '/data' };

test('everything listens on the loopback address', () => {
  const lines = serverProperties(place, {}).split('\n');
  assert.ok(lines.includes('listeners=PLAINTEXT://127.0.0.1:20001,CONTROLLER://127.0.0.1:20002'));
});

test("a test's own properties win", () => {
  const lines = serverProperties(place, {
    autoCreateTopics: false,
    properties: { 'offsets.topic.num.partitions': 7, 'message.max.bytes': 25_000_000 },
  }).split('\n');
  assert.ok(lines.includes('auto.create.topics.enable=false'));
  assert.ok(lines.includes('message.max.bytes=25000000'));
  assert.deepEqual(
    lines.filter((line) => line.startsWith('offsets.topic.num.partitions=')),
    ['offsets.topic.num.partitions=7'],
  );
});

test('properties may depend on where the broker listens', () => {
  const settings = {
    properties: ({ port }: { port: number }) => ({ listeners: `PLAINTEXT://127.0.0.1:${port},OTHER://:1` }),
  };
  assert.ok(serverProperties(place, settings).includes('listeners=PLAINTEXT://127.0.0.1:20001,OTHER://:1\n'));
});
