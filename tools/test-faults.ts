/**
 * The fault suite, as long as its promises say (`npm run test:faults`):
 *
 *     bin/node tools/test-faults.ts [--small] [--write] [FILE...]
 *
 * --small: as much of it as `npm test` does. FILE: only these. --write: what was found goes into docs/reliability.jsonl, of
 * which the table in docs/reliability.md is made; rows of scenarios that did not run stay.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { ReportLine } from '../packages/kafka-runner/test/fault/suite/fault-report.ts';
import { readRows, tableText, toRow, withTable, type Row } from './reliability-page.ts';

const root = path.dirname(import.meta.dirname);
const node = path.join(root, 'bin/node');
const page = path.join(root, 'docs/reliability.md');
const rowsFile = path.join(root, 'docs/reliability.jsonl');

const options = { small: { type: 'boolean', default: false }, write: { type: 'boolean', default: false } } as const;
const { values, positionals } = parseArgs({ options, allowPositionals: true });
const files = positionals.length > 0 ? positionals : ['packages/*/test/fault/**/*.test.ts'];
const folder = mkdtempSync(path.join(tmpdir(), 'test-faults-'));
try {
  const report = path.join(folder, 'report.jsonl');
  const env = { ...process.env, FAULT_SCALE: values.small ? 'small' : 'full', FAULT_REPORT: report };
  const args = ['lab/with-lab.ts', '--', node, '--test', '--test-concurrency=2', ...files];
  const { status } = spawnSync(node, args, { cwd: root, stdio: 'inherit', env });
  const found = existsSync(report) ? toLines(readFileSync(report, 'utf8')) : '';
  console.log(`\n${tableText(readRows(found))}`);
  if (values.write) write(readRows(readFileSync(rowsFile, 'utf8') + found));
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true });
}

function toLines(report: string): string {
  const lines = report.split('\n').filter((line) => line !== '');
  return lines.map((line) => `${JSON.stringify(toRow(JSON.parse(line) as ReportLine))}\n`).join('');
}

function write(rows: readonly Row[]): void {
  writeFileSync(rowsFile, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  writeFileSync(page, withTable(readFileSync(page, 'utf8'), rows));
}
