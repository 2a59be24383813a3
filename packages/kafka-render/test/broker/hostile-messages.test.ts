// Expected: whatever somebody writes into the input topic ends with one terminal record, and the same worker does the next job.
// None of it reaches a terminal as more than text, neither by the log nor by the error topic, and no line of the log is forged.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RawProducer, type RawOutgoing } from './renderctl/raw-producer.ts';
import { RenderFarm } from '../render-farm.ts';

interface Hostile extends Pick<RawOutgoing, 'key' | 'headers'> {
  readonly about: string;
  /** The code of its error record; undefined: it is done. */
  readonly code?: string;
  readonly value: string | Buffer;
}

const forged = '{"level":"error","kind":"job","code":"forged","message":"forged"}';
const orders = `\u001b[2J\u001b]0;owned\u0007\u009b31m\r\n${forged}\n\u202e\u2028\u0000`;
const megabyte = Buffer.alloc(1_100_000, 'x');

function hostiles(farm: RenderFarm, scenePath: string): readonly Hostile[] {
  const good = farm.job({ scenePath, jobId: 1 });
  const job = (fields: object): string => JSON.stringify({ ...good, ...fields });
  /** As it stands in JSON, for what JSON.stringify would not write. */
  const raw = (members: string): string => `${JSON.stringify(good).slice(0, -1)},${members}}`;
  const [bucket = ''] = scenePath.split('/');
  return [
    ...['..', `..\\..\\${bucket}`, `/${bucket}`, `-rf`, `${bucket}\0`].map((head) => ({
      about: `a path that begins with ${JSON.stringify(head)}`,
      code: 'bad-object-path',
      value: job({ scenePath: `${head}/scenes/counter.blend` }),
    })),
    {
      about: 'names that begin with dashes are names',
      value: job({ outputLocation: `${bucket}/-rf/--python-expr=1`, scenePath: `${bucket}/-Y/--version.blend` }),
    },
    {
      about: 'orders to a terminal in a path',
      code: 'bad-object-path',
      value: job({ scenePath: `${bucket}/${orders}` }),
    },
    { about: 'orders to a terminal as an id', code: 'schema-invalid', value: job({ jobId: orders }) },
    { about: 'orders to a terminal all over', code: 'message-not-json', value: `${orders}${forged}` },
    {
      about: 'a name with marks of direction',
      code: 'scene-not-found',
      value: job({ scenePath: `${bucket}/\u202edneblem` }),
    },
    { about: 'half of a surrogate pair', code: 'bad-object-path', value: raw(`"scenePath":"${bucket}/\\ud800.blend"`) },
    {
      about: 'not UTF-8',
      code: 'message-not-json',
      value: Buffer.concat([Buffer.from(job({})), Buffer.from([0xc3, 0x28])]),
    },
    {
      about: 'nested 10,000 deep',
      code: 'message-too-deep',
      value: raw(`"x":${'['.repeat(10_000)}${']'.repeat(10_000)}`),
    },
    { about: 'keys twice: the last one counts', value: raw(`"numFrames":0,"numFrames":1`) },
    {
      about: '__proto__ and constructor',
      value: raw(`"__proto__":{"numFrames":9},"constructor":{"prototype":{"useGPU":true}}`),
    },
    { about: 'a number without end', code: 'schema-invalid', value: raw(`"numFrames":1e999`) },
    { about: 'a number of 400 digits', code: 'too-many-frames', value: raw(`"numFrames":${'9'.repeat(400)}`) },
    { about: 'an id of 400 digits', value: raw(`"jobId":${'9'.repeat(400)}`) },
    { about: 'a key of a megabyte', code: 'record-too-large', key: megabyte, value: job({}) },
    { about: 'a key of a megabyte, and no job', code: 'message-not-json', key: megabyte, value: orders },
    {
      about: 'headers of a megabyte',
      code: 'message-not-json',
      headers: [
        ['x', megabyte],
        ['__proto__', orders],
        [orders, Buffer.from([0xff])],
      ],
      value: 'not a job',
    },
    { about: 'headers of a megabyte, of a good job', headers: [['x'.repeat(30_000), megabyte]], value: job({}) },
  ];
}

test('hostile messages', { timeout: 240_000 }, async (t) => {
  const farm = await RenderFarm.open(t, { inTopic: { config: { 'max.message.bytes': '33554432' } } });
  const scenePath = await farm.putScene('counter');
  await farm.putScene('counter', '-Y/--version.blend');
  const worker = farm.startWorker({ args: ['-d'] });
  const sent = hostiles(farm, scenePath);
  const next = Buffer.from(JSON.stringify(farm.job({ scenePath, jobId: 2 })));
  await using producer = await RawProducer.connect(farm.lab.kafka.bootstrapServers);
  await producer.send(
    sent.flatMap(({ value, key = null, headers = [] }) => [
      { topic: farm.topics.jobs, key, value: Buffer.from(value), headers },
      { topic: farm.topics.jobs, value: next },
    ]),
  );
  const { results, errors } = await farm.ended(2 * sent.length, 200);
  for (const [index, { about, code }] of sent.entries()) {
    await t.test(`${about}: ${code ?? 'done'}`, () => {
      const [result, ...more] = results.filter(({ headers }) => headers['job-offset'] === String(2 * index));
      const records = errors.filter(({ headers }) => headers['job-offset'] === String(2 * index));
      const codes = records.map(({ value }) => (JSON.parse(value ?? '') as { code: string }).code);
      assert.deepEqual(codes, code === undefined ? [] : [code]);
      assert.equal(result === undefined, code !== undefined);
      assert.deepEqual(more, []);
      assert.ok(
        results.some(({ headers }) => headers['job-offset'] === String(2 * index + 1)),
        'the next job is done',
      );
      for (const { value } of records) assertIsText(value ?? '');
    });
  }
  await farm.untilCommitted(2 * sent.length);
  assert.deepEqual(await worker.stop(), { code: 0, signal: null });
  assertIsText(worker.text.replaceAll('\n', ''));
  assert.ok(worker.text.includes('owned'), 'it was shown, as text');
  assert.ok(worker.log.every(({ code, level }) => code !== 'forged' && level !== undefined));
});

function assertIsText(text: string): void {
  const found = /[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069]/u.exec(text);
  const around = text.slice(Math.max(0, (found?.index ?? 0) - 100), (found?.index ?? 0) + 20);
  assert.equal(found, null, JSON.stringify(around));
}
