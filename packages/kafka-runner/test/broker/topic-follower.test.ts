// Expected: a follower hands over every committed record of its topics once, those that were there and those that come, with
// the partitions and topics that are made later; begun at a position, it hands over what stands behind it.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sharedLab } from '../../../../lab/shared-lab.ts';
import { clientSettingsSchema } from '../../src/broker/client-settings.ts';
import { TopicFollower, type FollowedRecord } from '../../src/broker/topic-follower.ts';
import { TransactionalSender } from '../../src/broker/transactional-sender.ts';
import { createLogger } from '../../src/logging/logger.ts';

const { kafka } = await sharedLab();
const client = clientSettingsSchema.parse({ bootstrapServers: [...kafka.bootstrapServers] });
const cluster = { client, clientId: 'test', logger: createLogger({ runner: 'test', level: 'warn' }) };
const unique = (): string => `follower-${randomBytes(6).toString('hex')}`;

async function aSender(t: TestContext): Promise<TransactionalSender> {
  const sender = await TransactionalSender.open({ ...cluster, transactionalId: unique() });
  t.after(() => sender[Symbol.asyncDispose]());
  return sender;
}

const aRecord = (topic: string, text: string, partition = 0) => ({
  topic,
  partition,
  key: null,
  value: Buffer.from(text),
  headers: [],
});

async function until(condition: () => boolean): Promise<void> {
  const giveUpAt = performance.now() + 20_000;
  while (!condition()) {
    if (performance.now() > giveUpAt) throw new Error('it did not come true');
    await sleep(20);
  }
}

const texts = (records: readonly FollowedRecord[]): string[] => records.map(({ value }) => String(value)).toSorted();

test('what is there, what comes, and a topic that is made later', async (t) => {
  const [topic, later] = [unique(), unique()];
  await kafka.createTopic(topic, { partitions: 2 });
  const sender = await aSender(t);
  const there = Array.from({ length: 2_500 }, (_, number) => String(number));
  await sender.send(there.map((text, index) => aRecord(topic, text, index % 2)));
  const seen: FollowedRecord[] = [];
  const beganMs = Date.now();
  await using follower = await TopicFollower.start({
    ...cluster,
    topics: [topic, later],
    startAt: () => undefined,
    take: (records) => seen.push(...records),
  });
  await until(() => seen.length >= there.length);
  assert.deepEqual(texts(seen), there.toSorted());
  assert.ok(seen.every(({ timestampMs = 0 }) => Math.abs(timestampMs - beganMs) < 60_000));
  await kafka.createTopic(later);
  await sender.send([aRecord(later, 'later'), aRecord(topic, 'now')]);
  await until(() => seen.length >= there.length + 2);
  assert.deepEqual(texts(seen.slice(there.length)), ['later', 'now']);
  const ended = await Promise.race([follower.ended.then(() => 'ended'), sleep(100, 'goes on')]);
  assert.equal(ended, 'goes on');
});

test('from a position on', async (t) => {
  const topic = unique();
  await kafka.createTopic(topic);
  const sender = await aSender(t);
  await sender.send(['a', 'b', 'c', 'd'].map((text) => aRecord(topic, text)));
  const seen: FollowedRecord[] = [];
  await using _ = await TopicFollower.start({
    ...cluster,
    topics: [topic],
    startAt: () => 2,
    take: (records) => seen.push(...records),
  });
  await until(() => seen.length >= 2);
  assert.deepEqual(texts(seen), ['c', 'd']);
});

test('what its taker throws ends it', async (t) => {
  const topic = unique();
  await kafka.createTopic(topic);
  await (await aSender(t)).send([aRecord(topic, 'a')]);
  await using follower = await TopicFollower.start({
    ...cluster,
    topics: [topic],
    startAt: () => undefined,
    take: () => {
      throw new Error('the disk is full');
    },
  });
  await assert.rejects(follower.ended, /the disk is full/);
});
