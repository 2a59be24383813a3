import type { Scrape } from './scrape.ts';
import type { Family } from './text-format.ts';

/** Units that are not base units, and short names of units, as promtool has them (prometheus/testutil/promlint in client_golang). */
const otherUnits =
  /^(?:minutes|hours|days|weeks|kelvins|fahrenheit|rankine|inches|yards|miles|bits|calories|pounds|ounces|(?:pico|nano|micro|milli|centi|deci|deca|hecto|kilo|kibi|mega|mibi|giga|gibi|tera|tebi|peta|pebi)(?:amperes|bytes|celsius|grams|joules|kelvin|meters|metres|seconds|volts))$/;
const shortUnits = new Set(['s', 'ms', 'us', 'ns', 'sec', 'b', 'kb', 'mb', 'gb', 'tb', 'pb', 'm', 'h', 'd']);
const types = new Set(['counter', 'gauge', 'summary', 'histogram']);

/** What `promtool check metrics` would say. */
export function promlint(scrape: Scrape): string[] {
  return scrape.families.flatMap((family) => [...faultsOf(family)].map((fault) => `${family.name}: ${fault}`));
}

function* faultsOf({ name, help, type, samples }: Family): Generator<string> {
  const words = name.toLowerCase().split('_');
  const labels = samples.flatMap(({ labels: of }) => Object.keys(of));
  if (help.trim() === '') yield 'no help text';
  if (type === 'untyped' || type === '') yield 'no type';
  if (type === 'counter' && !name.endsWith('_total')) yield 'counter metrics should have "_total" suffix';
  if (type !== 'counter' && name.endsWith('_total')) yield 'non-counter metrics should not have "_total" suffix';
  if (/_(?:bucket|count|sum)$/.test(name)) yield "a suffix that is a histogram's";
  if (words.slice(1).some((word) => types.has(word))) yield 'metric name should not include its type';
  if (words.slice(1).some((word) => shortUnits.has(word))) yield 'metric names should not contain abbreviated units';
  if (words.some((word) => otherUnits.test(word))) yield 'use base units';
  if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name)) yield 'characters that are not for names';
  if ([name, ...labels].some((one) => /[a-z][A-Z]/.test(one))) yield "should be written in 'snake_case'";
  if (type !== 'histogram' && labels.includes('le')) yield 'non-histogram metrics should not have "le" label';
  if (type !== 'summary' && labels.includes('quantile')) yield 'non-summary metrics should not have "quantile" label';
}
