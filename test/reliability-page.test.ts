import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { readRows, withTable } from '../tools/reliability-page.ts';

const counts = { faults: 2, jobs: 10, lost: 0, doubled: 0 };
const line = { ...counts, scale: 'small', passed: true, takenOn: '2026-11-24', machine: '2 cores' };
const storm = { ...line, scenario: 5, title: 'storm', slowestRecoverySeconds: 1.25 };
const kill = { ...line, scenario: 1, title: 'kill', doubled: 1, passed: false };
const report = `${JSON.stringify(storm)}\n${JSON.stringify(kill)}\n`;
const page = 'before\n<!-- measured: begin -->\nold\n<!-- measured: end -->\nafter\n';

test('the rows of a file, in the order of the scenarios', () => {
  assert.deepEqual(
    readRows(report).map(({ title }) => title),
    ['kill', 'storm'],
  );
});

test('of several runs the last one counts; among long ones a small one is named', () => {
  const long = { ...storm, scale: 'full', faults: 120 };
  const lines = readRows(`${report}${JSON.stringify(long)}\n`);
  assert.deepEqual(
    lines.map(({ faults }) => faults),
    [2, 120],
  );
  const made = withTable(page, lines);
  assert.ok(made.includes('| 1 | kill (small, failed) | 2 |') && made.includes('| 5 | storm | 120 |'), made);
});

test('a row for each, the failed one named, and their sums, in place of what stood there', () => {
  const made = withTable(page, readRows(report));
  assert.ok(made.includes('| 1 | kill (failed) | 2 | 10 | 0 | 1 |  |\n| 5 | storm | 2 | 10 | 0 | 0 | 1.3 s |\n'), made);
  assert.ok(made.includes('| | all | 4 | 20 | 0 | 1 | |\n'), made);
  assert.match(made, /^before\n<!-- measured: begin -->\nTaken on 2026-11-24 at scale "small": 2 cores\.\n/);
  assert.match(made, /<!-- measured: end -->\nafter\n$/);
  assert.ok(!made.includes('old'));
});

test('the table of the page is made of the rows beside it', () => {
  const docs = path.join(import.meta.dirname, '../docs');
  const written = readFileSync(path.join(docs, 'reliability.md'), 'utf8');
  assert.equal(withTable(written, readRows(readFileSync(path.join(docs, 'reliability.jsonl'), 'utf8'))), written);
});
