import { readFile, writeFile } from 'node:fs/promises';
import { cpus, release, totalmem } from 'node:os';
import type { Row } from './row.ts';
import type { Sample } from './statistics.ts';

const begin = '<!-- measured: begin -->';
const end = '<!-- measured: end -->';

/** Prints the table, and with `writeTo` puts it between the marks of that page. `how`: with which options it was made. */
export async function report(rows: readonly Row[], how: string, writeTo: string | undefined): Promise<void> {
  const text = `${machine(how)}\n\n${table(rows)}`;
  console.log(text);
  if (writeTo === undefined) return;
  const page = await readFile(writeTo, 'utf8');
  const [before = '', rest = ''] = page.split(begin);
  const [, after = ''] = rest.split(end);
  await writeFile(writeTo, `${before}${begin}\n${text}\n${end}${after}`);
}

function table(rows: readonly Row[]): string {
  const head = [
    '| row | compared with | ours | bare | ours : bare | bar | met |',
    '| --- | --- | --- | --- | --- | --- | --- |',
  ];
  return [...head, ...rows.map(line)].join('\n');
}

function line(row: Row): string {
  const { name, unit, ours, bar = 'reported', met } = row;
  const compared = row.bare && [row.comparedWith, `${spread(row.bare)} ${unit}`, spread(row.ratio, 2)];
  const [comparedWith = '', bare = '', ratio = ''] = compared ?? [];
  const verdict = met === undefined ? '' : met ? 'yes' : 'no';
  return `| ${[name, comparedWith, `${spread(ours)} ${unit}`, bare, ratio, bar, verdict].join(' | ')} |`;
}

/** `1234 (1200-1300)`: the median and the middle half. */
export function spread({ median, lower, upper }: Sample, digits = median < 10 ? 2 : 0): string {
  return `${median.toFixed(digits)} (${lower.toFixed(digits)}-${upper.toFixed(digits)})`;
}

function machine(how: string): string {
  const [cpu] = cpus();
  const date = new Date().toISOString().slice(0, 10);
  const memory = Math.round(totalmem() / 1_024 ** 3);
  return `Taken on ${date}${how}: ${cpus().length} cores (${cpu?.model.trim()}), ${memory} GB, Linux ${release()}, Node ${process.version}.`;
}
