import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SceneName } from '../../../../lab/scenes/scene-names.ts';
import type { KafkaRecord } from '../kafka-python.ts';
import { RenderFarm } from '../render-farm.ts';

// Each bad message leaves one error record with its code, no result and an advanced offset, and the same worker does the
// next good job. (Schema faults of every property: contract/worker-and-examples.)

interface BadInput {
  readonly about: string;
  readonly code: string;
  readonly values: (farm: RenderFarm) => readonly (string | Buffer | null)[];
}

const jobs =
  (...variants: readonly Readonly<Record<string, unknown>>[]): BadInput['values'] =>
  (farm) =>
    variants.map((fields) => JSON.stringify(farm.job({ scenePath: `${farm.bucket}/scenes/counter.blend`, ...fields })));

const badScene = (scene: SceneName, code: string): BadInput => ({
  about: `scene: ${scene}`,
  code,
  values: (farm) => [JSON.stringify(farm.job({ scenePath: `${farm.bucket}/bad/${scene}.blend` }))],
});

const sceneCodes: Partial<Record<SceneName, string>> = {
  'not-a-blend': 'not-a-blend',
  'empty-file': 'not-a-blend',
  truncated: 'blend-truncated',
  'newer-blend': 'blend-too-new',
  'no-camera': 'no-camera',
  movie: 'movie-format',
  'too-large': 'resolution-too-large',
  'missing-texture': 'asset-missing',
  'script-error': 'script-error',
  'render-error': 'render-error',
};

const escapes = ['../../etc/passwd', '/etc/passwd', '..', '', 'no-slash-at-all'];
const escapesInBucket = [
  '/a.blend',
  '../a.blend',
  'a/../b.blend',
  'a//b.blend',
  './a.blend',
  'a\0b.blend',
  'a\nb.blend',
  'a\\b.blend',
];
const tooLong = `${'long/'.repeat(300)}x.blend`;

const badInputs: readonly BadInput[] = [
  {
    about: 'not JSON',
    code: 'message-not-json',
    values: () => ['this is not JSON', '{"jobId": 1', "{'jobId': 1}", Buffer.from([0xff, 0xfe, 0x00]), '\0', 'NaN'],
  },
  { about: 'no value', code: 'message-empty', values: () => ['', null] },
  {
    about: 'JSON nested without end',
    code: 'message-too-deep',
    values: () => ['['.repeat(100_000), '[{"a":'.repeat(300)].map(closed),
  },
  {
    about: 'JSON that is no object',
    code: 'schema-invalid',
    values: () => ['42', '[]', 'null', 'true', '"HELLO!"', '"[1]"', '"\\"{}\\""', '1e999'],
  },
  { about: '20 MB', code: 'message-too-large', values: () => [JSON.stringify('x'.repeat(20_000_000))] },
  {
    about: 'a billion frames',
    code: 'too-many-frames',
    values: jobs({ numFrames: 1e9 }, { numFrames: 1e20 }, { numFrames: 1e300 }),
  },
  {
    about: 'frames that Blender does not have',
    code: 'frame-out-of-range',
    values: jobs({ startFrame: 1_048_575 }, { startFrame: 1_048_570, numFrames: 6 }, { startFrame: 1e300 }),
  },
  {
    about: 'paths that lead elsewhere',
    code: 'bad-object-path',
    values: (farm) => {
      const places = [
        ...escapes,
        ...[...escapesInBucket, tooLong].map((key) => `${farm.bucket}/${key}`),
        'BAD_Bucket/a.blend',
      ];
      const outputs = places.filter((place) => place !== 'no-slash-at-all');
      return [
        ...jobs(...places.map((scenePath) => ({ scenePath })))(farm),
        ...jobs(...outputs.map((outputLocation) => ({ outputLocation })))(farm),
      ];
    },
  },
  {
    about: 'a bucket that does not exist',
    code: 'scene-not-found',
    values: jobs({ scenePath: 'no-such-bucket-at-all/a.blend' }),
  },
  {
    about: 'an object that does not exist',
    code: 'scene-not-found',
    values: (farm) =>
      jobs(
        ...['gone.blend', 'scenes', 'scenes/counter', 'scenes/*.blend'].map((key) => ({
          scenePath: `${farm.bucket}/${key}`,
        })),
      )(farm),
  },
  ...Object.entries(sceneCodes).map(([scene, code]) => badScene(scene as SceneName, code)),
];

/** Text of open brackets, made whole. */
function closed(text: string): string {
  const ends: Readonly<Record<string, string>> = { '[': ']', '{': '}' };
  const open = Array.from(text).filter((character) => character in ends);
  return `${text}1${open
    .toReversed()
    .map((character) => ends[character])
    .join('')}`;
}

test('bad input', { timeout: 240_000 }, async (t) => {
  const farm = await RenderFarm.open(t, { inTopic: { config: { 'max.message.bytes': '33554432' } } });
  const scenePath = await farm.putScene('counter');
  for (const scene of Object.keys(sceneCodes) as SceneName[]) await farm.putScene(scene, `bad/${scene}.blend`);
  const worker = farm.startWorker();
  const batches = badInputs.map(({ values }, jobId) => [
    ...values(farm),
    JSON.stringify(farm.job({ jobId, scenePath })),
  ]);
  const offsets: number[][] = [];
  for (const batch of batches) offsets.push(await farm.kafka.send(farm.topics.jobs, batch, { key: 'k' }));
  const sent = offsets.flat().length;
  const { results, errors } = await farm.ended(sent, 200);
  const about = (records: readonly KafkaRecord[], offset?: number): KafkaRecord[] =>
    records.filter(({ headers }) => headers['job-offset'] === String(offset));

  for (const [index, { about: name, code }] of badInputs.entries()) {
    await t.test(`${name}: ${code}`, async () => {
      const [bad, good] = [(offsets[index] ?? []).slice(0, -1), offsets[index]?.at(-1)];
      for (const [number, offset] of bad.entries()) {
        const records = about(errors, offset).map(({ value }) => JSON.parse(value ?? '') as Record<string, unknown>);
        assert.deepEqual(
          records.map((record) => record['code']),
          [code],
          `${number}: ${JSON.stringify(records)}`,
        );
        assert.deepEqual(about(results, offset), []);
        assertHoldsValue(records[0] ?? {}, batches[index]?.[number] ?? null);
      }
      assert.equal(about(results, good).length, 1, 'the good job behind it is done');
      assert.deepEqual(about(errors, good), []);
      assert.deepEqual(await farm.framesAt(`out/${index}`), { '0007.png': 7 });
    });
  }

  await t.test('nothing else happened', async () => {
    assert.equal(results.length + errors.length, sent);
    await farm.untilCommitted(sent);
    assert.deepEqual(
      worker.log.filter(({ level }) => level === 'error'),
      [],
    );
    assert.deepEqual(await worker.stop(), { code: 0, signal: null });
  });
});

/** The record holds the offending message as it was, unless it is large. */
function assertHoldsValue(record: Readonly<Record<string, unknown>>, sent: string | Buffer | null): void {
  const bytes = sent === null ? 0 : Buffer.byteLength(sent);
  assert.equal(record['valueBytes'], bytes);
  if (bytes > 200_000) return;
  const { value, valueBase64 } = record as { value?: string | null; valueBase64?: string };
  const kept = valueBase64 === undefined ? value : Buffer.from(valueBase64, 'base64');
  assert.deepEqual(kept, sent);
}
