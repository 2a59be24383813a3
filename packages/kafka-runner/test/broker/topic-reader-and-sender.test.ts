// Expected: a reader hands over every committed record of a topic, once and byte for byte, however small the batches in
// which they come; of two senders of one transactional id only the later one can send, and the end that a reader is told
// then holds everything that the earlier one has sent, although somebody's transaction is open below it.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { sharedLab } from '../../../../lab/shared-lab.ts';
import { clientSettingsSchema } from '../../src/broker/client-settings.ts';
import type { RawHeader, RawRecord } from '../../src/broker/raw-record.ts';
import { TopicReader } from '../../src/broker/topic-reader.ts';
import { FencedError, TransactionalSender } from '../../src/broker/transactional-sender.ts';
import { ConfigError, FailedError, UnavailableError } from '../../src/errors.ts';
import { createLogger } from '../../src/logging/logger.ts';

const { kafka } = await sharedLab();
const client = clientSettingsSchema.parse({ bootstrapServers: [...kafka.bootstrapServers] });
const cluster = { client, clientId: 'test', logger: createLogger({ runner: 'test', level: 'warn' }) };
const unique = (): string => randomBytes(6).toString('hex');

async function makeTopic(partitions = 1, config: Record<string, string> = {}): Promise<string> {
  const topic = `reader-${unique()}`;
  await kafka.createTopic(topic, { partitions, config });
  return topic;
}

const openSender = (transactionalId = unique()): Promise<TransactionalSender> =>
  TransactionalSender.open({ ...cluster, transactionalId });

const aRecord = (topic: string, value: Buffer | null, partition = 0) => ({
  topic,
  partition,
  key: null,
  value,
  headers: [],
});

async function readAll(reader: TopicReader, topic: string): Promise<RawRecord[]> {
  const records: RawRecord[] = [];
  await reader.read(await reader.ranges(topic), (record) => records.push(record));
  return records;
}

test('every record, also when the reader is slow, so that the last ones wait for it together with the end', async () => {
  const topic = await makeTopic(3);
  await using sender = await openSender();
  const count = 3_700;
  const numbers = Array.from({ length: count }, (_, number) => number);
  await sender.send(numbers.map((number) => aRecord(topic, Buffer.from(String(number)), number % 3)));
  await using reader = await TopicReader.connect(cluster);
  const seen: number[] = [];
  await reader.read(await reader.ranges(topic), ({ value }) => {
    seen.push(Number(value?.toString()));
    // In each of the large batches of the reader; meanwhile the client fetches all of the rest.
    if (seen.length % 1_000 === 1) block(400);
  });
  assert.deepEqual(
    seen.toSorted((a, b) => a - b),
    numbers,
  );
});

/** The event loop does nothing for so long. */
function block(forMs: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, forMs);
}

test('byte for byte', async () => {
  const topic = await makeTopic();
  const headers: RawHeader[] = [
    ['raw', Buffer.from([0xff, 0, 1])],
    ['twice', Buffer.from('a')],
    ['twice', Buffer.from('b')],
    ['empty', Buffer.alloc(0)],
  ];
  const contents = [
    { key: Buffer.from([0xfe, 0]), value: Buffer.from([0xff, 0, 0x80]), headers },
    { key: Buffer.alloc(0), value: Buffer.alloc(0), headers: [] },
    { key: null, value: null, headers: [] },
  ];
  await using sender = await openSender();
  await sender.send(contents.map((content) => ({ ...content, topic, partition: 0 })));
  await using reader = await TopicReader.connect(cluster);
  const seen = (await readAll(reader, topic)).map(({ key, value, headers }) => ({ key, value, headers }));
  assert.deepEqual(seen, contents);
});

test('a part of a partition', async () => {
  const topic = await makeTopic();
  await using sender = await openSender();
  await sender.send(Array.from({ length: 10 }, (_, value) => aRecord(topic, Buffer.from(String(value)))));
  await using reader = await TopicReader.connect(cluster);
  const offsets: number[] = [];
  await reader.read([{ topic, partition: 0, start: 3, end: 6 }], ({ offset }) => offsets.push(offset));
  assert.deepEqual(offsets, [3, 4, 5]);
  await reader.read([{ topic, partition: 0, start: 6, end: 6 }], () => assert.fail('there is nothing'));
});

test('a second sender of the same id: the first one can send nothing more, and what it sent is seen', async () => {
  const topic = await makeTopic();
  const id = unique();
  await using first = await openSender(id);
  await first.send([aRecord(topic, Buffer.from('1'))]);
  await using second = await openSender(id);
  await assert.rejects(first.send([aRecord(topic, Buffer.from('2'))]), FencedError);
  await second.send([aRecord(topic, Buffer.from('3'))]);
  await using reader = await TopicReader.connect(cluster);
  assert.deepEqual(
    (await readAll(reader, topic)).map(({ value }) => value?.toString()),
    ['1', '3'],
  );
});

test('a record that the topic does not take: none is sent, and the next ones are', async () => {
  const topic = await makeTopic(1, { 'max.message.bytes': '10000' });
  await using sender = await openSender();
  const [small, large] = [aRecord(topic, Buffer.from('1')), aRecord(topic, Buffer.alloc(20_000))];
  for (const records of [[small, large], [large], [small, large]]) {
    await assert.rejects(
      sender.send(records),
      (error) => error instanceof FailedError && error.code === 'record-too-large',
    );
  }
  await sender.send([small]);
  await using reader = await TopicReader.connect(cluster);
  assert.equal((await readAll(reader, topic)).length, 1);
});

test('a topic that does not exist, and an end that does not come', async () => {
  await using reader = await TopicReader.connect({ ...cluster, patienceMs: 2_000 });
  await assert.rejects(reader.ranges(`no-${unique()}`), ConfigError);
  const topic = await makeTopic();
  const beyond = reader.read([{ topic, partition: 0, start: 0, end: 5 }], () => undefined);
  await assert.rejects(beyond, (error) => error instanceof UnavailableError && /\/0 at 0 of 5/.test(error.message));
});
