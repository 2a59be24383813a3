// Whatever a message says: it is a whole job, or refused with a code; what a listing says of an object is a frame's or nobody's.
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseJson, RejectedError, SchemaSet } from 'kafka-runner';
import { anyJson, anyText, fuzz } from '../../../../kafka-runner/test/unit/fuzz/fuzz-runs.ts';
import { frameMetadata, parseFrameMetadata } from '../../../src/delivery/frame-metadata.ts';
import { parseRenderJob } from '../../../src/render-job.ts';

const codes = ['schema-invalid', 'job-unusable', 'bad-object-path', 'too-many-frames', 'frame-out-of-range'];
const schemas = new SchemaSet();
await schemas.add(path.join(import.meta.dirname, '../../../schemas/render_job.schema.json'));
const schema = schemas.find('render_job.schema.json');

const place = fc.oneof(
  anyText,
  anyText.map((key) => `bucket/${key}`),
  fc.constant('bucket/a.blend'),
);
const number = fc.oneof(fc.nat(200_000), fc.integer(), fc.double(), fc.bigInt(), anyText);
const nearlyJob = fc.record(
  {
    jobId: number,
    timestamp: number,
    scenePath: place,
    outputLocation: place,
    startFrame: number,
    numFrames: number,
    useGPU: fc.oneof(fc.boolean(), number),
  },
  { requiredKeys: ['jobId', 'timestamp', 'scenePath', 'outputLocation'] },
);

test('render jobs', () => {
  const anything = anyJson.map((text) => {
    try {
      return parseJson(text);
    } catch {
      return text;
    }
  });
  fuzz(
    fc.property(fc.oneof(nearlyJob, anything), fc.boolean(), (value, withSchema) => {
      try {
        const { frames, scene } = parseRenderJob(value, {
          schema: withSchema ? schema : undefined,
          maxFrames: 100_000,
        });
        assert.ok(frames.first >= 0 && frames.last >= frames.first && frames.last - frames.first < 100_000);
        assert.ok(!scene.key.split('/').includes('..'));
      } catch (error) {
        assert.ok(error instanceof RejectedError && codes.includes(error.code), String(error));
      }
    }),
  );
});

test('metadata of objects', () => {
  fuzz(
    fc.property(
      fc.dictionary(
        fc.oneof(anyText, fc.constantFrom('frame', 'frame-files', 'file-bytes', 'device')),
        fc.oneof(anyText, anyJson),
      ),
      (metadata) => {
        const file = parseFrameMetadata(metadata);
        if (file) assert.deepEqual(parseFrameMetadata(frameMetadata(file)), file);
      },
    ),
  );
});
