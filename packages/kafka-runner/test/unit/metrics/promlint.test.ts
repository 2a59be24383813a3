import assert from 'node:assert/strict';
import { test } from 'node:test';
import { promlint } from '../../prometheus/promlint.ts';
import { Scrape } from '../../prometheus/scrape.ts';

function lint(name: string, type: string, sample = `${name} 1`, help = 'Helps.'): string[] {
  return promlint(new Scrape(`# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${sample}\n`));
}

test('the lint finds what promtool finds', () => {
  assert.deepEqual(lint('good_bytes_total', 'counter'), []);
  assert.deepEqual(lint('good_seconds', 'gauge', 'good_seconds{at="a"} 1'), []);
  for (const [name, type, expected] of [
    ['jobs', 'counter', /_total/],
    ['jobs_total', 'gauge', /_total/],
    ['jobs_count', 'gauge', /suffix/],
    ['jobs_gauge', 'gauge', /its type/],
    ['wait_ms', 'gauge', /abbreviated/],
    ['wait_milliseconds', 'gauge', /base units/],
    ['wait_minutes', 'gauge', /base units/],
    ['waitSeconds', 'gauge', /snake_case/],
    ['a:wait', 'gauge', /characters/],
  ] as const)
    assert.match(lint(name, type).join(), expected, name);
  assert.match(lint('a_seconds', 'gauge', 'a_seconds{theLabel="1"} 1').join(), /snake_case/);
  assert.match(lint('a_seconds', 'gauge', 'a_seconds{le="1"} 1').join(), /le/);
});

test('what Prometheus would not read is refused', () => {
  const head = '# HELP a b\n# TYPE a histogram\n';
  const sums = 'a_sum{of="x"} 1\na_count{of="x"} 2\n';
  const buckets = 'a_bucket{of="x",le="1"} 1\na_bucket{of="x",le="+Inf"} 2\n';
  assert.equal(new Scrape(head + buckets + sums).value('a', { of: 'x' }), 2);
  for (const [text, why] of [
    [head + sums, /Infinity/],
    [head + buckets + sums.replace('count{of="x"} 2', 'count{of="x"} 3'), /2 !== 3/],
    [head + buckets.replace('} 1', '} 3') + sums, /3,\n.*2,/],
    [head + buckets + sums + buckets, /comes once/],
    [head + buckets + sums + head, /comes once/],
    ['a 1\n', /whose is a/],
    ['# HELP a b\n# TYPE b gauge\n', /not behind its HELP/],
    ['# HELP a b\n# TYPE a gauge\na{b=c} 1\n', /labels/],
    ['# HELP a b\n# TYPE a gauge\na one\n', /no sample/],
    ['# HELP a b\n# TYPE a gauge\na 1', /last line/],
  ] as const)
    assert.throws(() => new Scrape(text), why, text);
});
