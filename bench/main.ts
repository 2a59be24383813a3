/**
 * `npm run bench`: what the worker costs, against doing the same by hand, on a real Kafka, MinIO and Blender.
 *
 *     npm run bench -- [--quick] [--write] [GROUP...]
 *
 *     --quick    fewer rounds, and without the longest rows
 *     --write    puts the table into docs/benchmarks.md
 *     GROUP      only these rows: idle, render, queued, memory, base
 */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startLab, type Lab } from '../lab/lab.ts';
import { baseRows } from './base-rows.ts';
import { outFolder } from './processes.ts';
import { queuedRows } from './queued-rows.ts';
import { putScenes, RenderBench } from './render-bench.ts';
import { renderRows } from './render-rows.ts';
import { report } from './report.ts';
import { idleRows, memoryRows } from './resource-rows.ts';
import type { Row } from './row.ts';

const options = { quick: { type: 'boolean', default: false }, write: { type: 'boolean', default: false } } as const;
const { values, positionals } = parseArgs({ options, allowPositionals: true });
const { quick, write } = values;

const groups: Readonly<Record<string, (lab: Lab, oneSlot: RenderBench) => AsyncIterable<Row>>> = {
  idle: (_lab, oneSlot) => idleRows(oneSlot, quick),
  render: (lab, oneSlot) => renderRows(lab, oneSlot, quick),
  queued: (lab, oneSlot) => queuedRows(lab, oneSlot, quick),
  memory: (lab) => memoryRows(lab, quick),
  base: (lab) => baseRows(lab, quick),
};

/** Each row as soon as it is measured, and when that was: a whole run takes long. */
async function* allRows(lab: Lab): AsyncGenerator<Row> {
  await putScenes(lab, { tiny: 'tiny', wide: 'wide', big: 'big' });
  // The same Blender for all rows: CPU times are counted by process.
  await using oneSlot = await RenderBench.start(lab, 'one-slot', ['--recycle-after', '1000000']);
  for (const [name, rows] of Object.entries(groups))
    if (positionals.length === 0 || positionals.includes(name)) yield* rows(lab, oneSlot);
}

const unknown = positionals.filter((name) => !(name in groups));
if (unknown.length > 0)
  throw new Error(`no such rows: ${unknown.join(', ')}; there are ${Object.keys(groups).join(', ')}`);
if (write && positionals.length > 0) throw new Error('--write: only all rows together make the table of the page');

await mkdir(outFolder, { recursive: true });
const rows: Row[] = [];
const startedMs = performance.now();
await using lab = await startLab();
for await (const row of allRows(lab)) {
  console.error(`${((performance.now() - startedMs) / 1_000).toFixed(0)} s: ${row.name}`);
  rows.push(row);
  // At once: a whole run takes half an hour, and may be ended before.
  await writeFile(path.join(outFolder, 'bench.json'), `${JSON.stringify(rows, null, 2)}\n`);
}
const page = path.join(import.meta.dirname, '../docs/benchmarks.md');
await report(rows, quick ? ' with `--quick`' : '', write ? page : undefined);
process.exitCode = rows.some(({ met }) => met === false) ? 1 : 0;
