import assert from 'node:assert/strict';

export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  /** With the suffix of a histogram's series. */
  readonly name: string;
  readonly labels: Labels;
  readonly value: number;
}

/** A metric with all that is said of it. */
export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly samples: Sample[];
}

// As Go reads numbers, whatever the case of NaN.
const sampleForm = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? ([-+]?(?:\d+(?:\.\d+)?(?:e[-+]?\d+)?|Inf)|nan)$/i;
const labelForm = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/y;

/**
 * Reads Prometheus' text format 0.0.4 and refuses what Prometheus would, or would take with a loss
 * (https://prometheus.io/docs/instrumenting/exposition_formats/): all of a metric stands together behind its HELP and TYPE, no series stands
 * twice, and the buckets of a histogram add up.
 */
export function parseTextFormat(text: string): Family[] {
  assert.ok(text.endsWith('\n'), 'the last line ends');
  const families = new Map<string, Family>();
  const series = new Set<string>();
  for (const line of text.split('\n').filter((one) => one !== '')) {
    const family = [...families.values()].at(-1);
    const [, name = '', help = ''] = /^# HELP (\S+) (.*)$/.exec(line) ?? [];
    const [, typed = '', type = ''] = /^# TYPE (\S+) (counter|gauge|histogram|summary|untyped)$/.exec(line) ?? [];
    if (name !== '') {
      assert.ok(!families.has(name), `${name} comes once`);
      families.set(name, { name, help, type: '', samples: [] });
    } else if (typed !== '') {
      assert.ok(family?.name === typed && family.samples.length === 0, `${line}: not behind its HELP`);
      families.set(typed, { ...family, type });
    } else addSample(readSample(line), family, series);
  }
  for (const family of families.values()) if (family.type === 'histogram') assertAddsUp(family);
  return [...families.values()];
}

function readSample(line: string): Sample {
  const [, name = '', labelText = '', number = ''] = sampleForm.exec(line) ?? [];
  assert.notEqual(name, '', `no sample: ${line}`);
  const labels = [...labelText.matchAll(new RegExp(labelForm, 'gy'))];
  assert.equal(labels.map(([all]) => all).join(''), labelText, `labels: ${line}`);
  const value = Number(number.replace('Inf', 'Infinity'));
  return { name, value, labels: Object.fromEntries(labels.map(([, label, of]) => [label, of])) };
}

function addSample(sample: Sample, family: Family | undefined, series: Set<string>): void {
  const { name, labels } = sample;
  const suffix =
    family?.type === 'histogram' ? /^_(?:bucket|sum|count)$/ : family?.type === 'summary' ? /^(?:_sum|_count)?$/ : /^$/;
  assert.ok(family && name.startsWith(family.name) && suffix.test(name.slice(family.name.length)), `whose is ${name}?`);
  const key = JSON.stringify([name, Object.entries(labels).toSorted()]);
  assert.ok(!series.has(key), `${key} comes once`);
  series.add(key);
  family.samples.push(sample);
}

function assertAddsUp({ name, samples }: Family): void {
  const of = ({ labels }: Sample): string => JSON.stringify({ ...labels, le: undefined });
  for (const [labels, group] of Map.groupBy(samples, of)) {
    const buckets = group.filter((one) => one.name === `${name}_bucket`);
    const bounds = buckets.map(({ labels: { le = '' } }) => Number(le.replace('Inf', 'Infinity')));
    const counts = buckets.map(({ value }) => value);
    assert.deepEqual(
      bounds,
      bounds.toSorted((a, b) => a - b),
      `${name} ${labels}`,
    );
    assert.deepEqual(
      counts,
      counts.toSorted((a, b) => a - b),
      `${name} ${labels}`,
    );
    assert.equal(bounds.at(-1), Infinity, `${name} ${labels}`);
    assert.equal(counts.at(-1), group.find((one) => one.name === `${name}_count`)?.value, `${name} ${labels}`);
  }
}
