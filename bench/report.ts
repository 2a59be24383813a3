import { readFile, writeFile } from 'node:fs/promises';
import { cpus, release, totalmem } from 'node:os';
import type { Row } from './row.ts';
import type { Sample } from './statistics.ts';

const begin = '<!-- measured: begin -->';
const end = '<!-- measured: end -->';

/** Prints the table, and with `writeTo` puts it between the marks of that page. */
export async function report(rows: readonly Row[], { writeTo }: { writeTo: string | undefined }): Promise<void> {
  const text = `${machine()}\n\n${table(rows)}`;
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
  if (row.bare === undefined) return `| ${row.name} | | ${spread(row.ours)} ${row.unit} | | | reported | |`;
  const { name, comparedWith, unit, ours, bare, ratio, bar, met } = row;
  const cells = [name, comparedWith, `${spread(ours)} ${unit}`, `${spread(bare)} ${unit}`, spread(ratio, 2), bar];
  return `| ${[...cells, met ? 'yes' : 'no'].join(' | ')} |`;
}

/** `1234 (1200-1300)`: the median and the middle half. */
function spread({ median, lower, upper }: Sample, digits = median < 10 ? 2 : 0): string {
  return `${median.toFixed(digits)} (${lower.toFixed(digits)}-${upper.toFixed(digits)})`;
}

function machine(): string {
  const [cpu] = cpus();
  const date = new Date().toISOString().slice(0, 10);
  const memory = Math.round(totalmem() / 1_024 ** 3);
  return `Taken on ${date}: ${cpus().length} cores (${cpu?.model.trim()}), ${memory} GB, Linux ${release()}, Node ${process.version}.`;
}
