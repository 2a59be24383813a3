import assert from 'node:assert/strict';
import path from 'node:path';
import { suite, test } from 'node:test';
import { RejectedError, SchemaSet, type Schema } from 'kafka-runner';
import { misspeltFields, parseRenderJob } from '../../src/render-job.ts';

const schemas = new SchemaSet();
await schemas.add(path.join(import.meta.dirname, '../../schemas/render_job.schema.json'));
const schema = schemas.find('render_job.schema.json');

const good = { jobId: 1, timestamp: 1, scenePath: 'scenes/a/b.blend', outputLocation: 'frames/a' };

function codeOf(value: unknown, rules: { schema?: Schema | undefined; maxFrames?: number } = {}): string {
  try {
    parseRenderJob(value, { schema, maxFrames: 1_000, ...rules });
    return 'accepted';
  } catch (error) {
    assert.ok(error instanceof RejectedError, String(error));
    return error.code;
  }
}

suite('a good job', () => {
  test('defaults', () => {
    assert.deepEqual(parseRenderJob(good, { schema, maxFrames: 1_000 }), {
      scene: { bucket: 'scenes', key: 'a/b.blend' },
      frames: { first: 0, last: 0 },
      useGpu: false,
      sender: { jobId: '1', timestamp: '1' },
      output: { bucket: 'frames', key: 'a' },
    });
  });

  test('everything said', () => {
    const job = { ...good, startFrame: 7, numFrames: 3, useGPU: true, more: { than: ['needed'] } };
    const { frames, useGpu } = parseRenderJob(job, { schema, maxFrames: 3 });
    assert.deepEqual({ frames, useGpu }, { frames: { first: 7, last: 9 }, useGpu: true });
  });

  test('a jobId beyond 2^53', () => assert.equal(codeOf({ ...good, jobId: 2n ** 63n }), 'accepted'));

  test('a jobId of 400 digits', () => assert.equal(codeOf({ ...good, jobId: -(10n ** 400n) }), 'accepted'));

  test('without the schema nobody looks at what is not needed', () => {
    const { timestamp: _, ...job } = { ...good, jobId: 'seven' };
    assert.equal(codeOf(job), 'schema-invalid');
    assert.equal(codeOf(job, { schema: undefined }), 'accepted');
  });
});

suite('without the schema, a job that cannot be acted on', () => {
  const faults = {
    'nothing at all': undefined,
    'no object': [good],
    'no scenePath': { ...good, scenePath: undefined },
    'no outputLocation': { ...good, outputLocation: undefined },
    'frames as text': { ...good, numFrames: '2' },
    'half a frame': { ...good, startFrame: 0.5 },
    'no frames': { ...good, numFrames: 0 },
    'a frame below 0': { ...good, startFrame: -1 },
    'null for a default': { ...good, useGPU: null },
  };
  for (const [name, job] of Object.entries(faults)) {
    test(name, () => assert.equal(codeOf(job, { schema: undefined }), 'job-unusable'));
  }

  test('the message names each property', () => {
    assert.throws(
      () => parseRenderJob({ numFrames: 'two' }, { schema: undefined, maxFrames: 1 }),
      /scenePath.*numFrames.*outputLocation/,
    );
  });
});

suite('numbers of frames', () => {
  const cases: [string, object, string][] = [
    ['as many as are allowed', { numFrames: 1_000 }, 'accepted'],
    ['one more', { numFrames: 1_001 }, 'too-many-frames'],
    ['a billion', { numFrames: 1e9 }, 'too-many-frames'],
    ['beyond 2^53', { numFrames: 10n ** 20n }, 'too-many-frames'],
    ['beyond all numbers of digits', { numFrames: 1e300 }, 'too-many-frames'],
    ['the last frame that Blender has', { startFrame: 1_048_574 }, 'accepted'],
    ['one behind it', { startFrame: 1_048_575 }, 'frame-out-of-range'],
    ['a range that ends behind it', { startFrame: 1_048_574, numFrames: 2 }, 'frame-out-of-range'],
    ['a start beyond 2^53', { startFrame: 2n ** 64n }, 'frame-out-of-range'],
  ];
  for (const [name, fields, code] of cases) {
    test(name, () => {
      assert.equal(codeOf({ ...good, ...fields }), code);
      assert.equal(codeOf({ ...good, ...fields }, { schema: undefined }), code);
    });
  }
});

test('numbers too large for a number are no numbers', () => {
  for (const name of ['jobId', 'timestamp', 'startFrame', 'numFrames']) {
    assert.equal(codeOf({ ...good, [name]: Number.POSITIVE_INFINITY }), 'schema-invalid', name);
  }
});

suite('paths', () => {
  for (const field of ['scenePath', 'outputLocation'])
    test(`the message names ${field}`, () => {
      const parse = () => parseRenderJob({ ...good, [field]: '../a' }, { schema, maxFrames: 1 });
      assert.throws(parse, { code: 'bad-object-path', message: new RegExp(`^${field}: .*\\.\\./a`) });
    });
  for (const bad of [
    '',
    'bucket',
    'bucket/',
    '/a.blend',
    'bucket/../a',
    'bucket//a',
    'bucket/a\\b',
    'Bucket/a',
    'bucket/a\0',
  ]) {
    test(`scenePath ${JSON.stringify(bad)}`, () =>
      assert.equal(codeOf({ ...good, scenePath: bad }), 'bad-object-path'));
  }
  for (const bad of ['', '/a', 'bucket/../a', 'bucket//a', 'bucket/a\n']) {
    test(`outputLocation ${JSON.stringify(bad)}`, () =>
      assert.equal(codeOf({ ...good, outputLocation: bad }), 'bad-object-path'));
  }
  for (const place of ['bucket', 'bucket/', 'bucket/a/', 'bucket/-a %20']) {
    test(`outputLocation ${JSON.stringify(place)} is good`, () =>
      assert.equal(codeOf({ ...good, outputLocation: place }), 'accepted'));
  }
});

test('fields that are nearly called like one of a job are named, others are not', () => {
  const more = { startframe: 3, num_frames: 2, 'use-GPU': true, priority: 1, comment: 'startFrame' };
  assert.deepEqual(misspeltFields({ ...good, startFrame: 1, ...more }), ['startframe', 'num_frames', 'use-GPU']);
});
