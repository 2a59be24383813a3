/**
 * The fault suite, as long as its promises say (`npm run test:faults`):
 *
 *     bin/node tools/test-faults.ts [--small] [--report FILE] [--write] [FILE...]
 *
 * --small: as much of it as `npm test` does. --report: results are added to this file, and the table is of all that it holds.
 * --write: the table goes into docs/reliability.md. FILE: only these.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { readReport, reportText, withReport } from './reliability-page.ts';

const root = path.dirname(import.meta.dirname);
const node = path.join(root, 'bin/node');
const page = path.join(root, 'docs/reliability.md');

const { values, positionals } = parseArgs({
  options: {
    small: { type: 'boolean', default: false },
    report: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
const files = positionals.length > 0 ? positionals : ['packages/*/test/fault/**/*.test.ts'];
const folder = mkdtempSync(path.join(tmpdir(), 'test-faults-'));
try {
  const report = path.resolve(values.report ?? path.join(folder, 'report.jsonl'));
  const env = { ...process.env, FAULT_SCALE: values.small ? 'small' : 'full', FAULT_REPORT: report };
  const args = ['lab/with-lab.ts', '--', node, '--test', '--test-concurrency=2', ...files];
  const { status } = spawnSync(node, args, { cwd: root, stdio: 'inherit', env });
  const lines = existsSync(report) ? readReport(readFileSync(report, 'utf8')) : [];
  console.log(`\n${reportText(lines)}`);
  if (values.write) writeFileSync(page, withReport(readFileSync(page, 'utf8'), lines));
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true });
}
