// Whatever a hostile Blender prints: what is read of a line are numbers that JSON has, and what is told of a job is valid by the schema
// of the progress topic. Real lines that are cut, glued and mixed are read no worse than whole ones.
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { SchemaSet, type JsonObject } from 'kafka-runner';
import { anyText, fuzz } from '../../../../kafka-runner/test/unit/fuzz/fuzz-runs.ts';
import { parseProgressLine } from '../../../src/blender/progress-line.ts';
import { RenderProgress } from '../../../src/render-progress.ts';
import { realLines } from '../blender/real-lines.ts';

const schemas = new SchemaSet();
await schemas.add(path.join(import.meta.dirname, '../../../schemas/progress_event.schema.json'));
const schema = schemas.find('progress_event.schema.json');

const real = fc.constantFrom(...Object.values(realLines()).flat());
const cut = fc.tuple(real, fc.nat(200), fc.nat(200)).map(([line, from, to]) => line.slice(from, to));
const digits = fc.constantFrom('0', '-1', '9'.repeat(20), '9'.repeat(400), '1e5', '0x1', '\u0661', '00012');
const forged = fc
  .tuple(
    fc.constantFrom('Fra:', 'Fra: ', 'Sample ', 'Remaining:', 'Mem:', 'Rendered '),
    digits,
    fc.constantFrom('', '/', ' / ', ':', '.'),
    digits,
  )
  .map((parts) => parts.join(''));
const line = fc.array(fc.oneof(real, cut, forged, anyText), { maxLength: 6 }).map((parts) => parts.join(''));

test('lines', () => {
  fuzz(
    fc.property(line, (text) => {
      for (const [name, value] of Object.entries(parseProgressLine(text) ?? {}))
        assert.ok(Number.isFinite(value) && value >= 0, `${name} ${value}`);
    }),
  );
});

test('what is told of a job', () => {
  const place = {
    kind: 'job',
    topic: 't',
    partition: 0,
    offset: 0,
    attempt: 1,
    worker: 'w',
    state: 'rendering',
    time: '2023-11-14T22:13:20Z',
  };
  fuzz(
    fc.property(fc.array(line, { maxLength: 6 }), (lines) => {
      let nowMs = 0;
      const report = (details: JsonObject): void => {
        const event = JSON.parse(JSON.stringify({ ...place, ...details })) as unknown;
        assert.deepEqual(schema.faults(event), [], JSON.stringify(event));
      };
      const progress = new RenderProgress({ ranges: [{ first: 1, last: 9 }], delivered: [], report, now: () => nowMs });
      for (const text of lines) {
        nowMs += 1_000;
        progress.printed(text);
      }
    }),
  );
});

test('a real line says the same with anything before and behind it that says nothing itself', () => {
  const silent = anyText.filter((text) => parseProgressLine(text) === undefined && !/[\d/:. ]$|^[\d/:. ]/.test(text));
  fuzz(
    fc.property(silent, real, silent, (before, text, behind) => {
      assert.deepEqual(parseProgressLine(before + text + behind), parseProgressLine(text));
    }),
  );
});
