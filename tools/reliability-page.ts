import { cpus, release, totalmem } from 'node:os';
import type { ReportLine } from '../packages/kafka-runner/test/fault/suite/fault-report.ts';

const begin = '<!-- measured: begin -->';
const end = '<!-- measured: end -->';

/** A row of the table: what a scenario came to, when and where. */
export interface Row extends Omit<ReportLine, 'file' | 'seed'> {
  /** A date: 2026-11-24. */
  readonly takenOn: string;
  readonly machine: string;
}

/** The rows of a file, a JSON object a line; of several of a scenario the last one counts. */
export function readRows(text: string): Row[] {
  const lines = text.split('\n').filter((line) => line !== '');
  const rows = lines.map((line) => JSON.parse(line) as Row).map((row) => [row.title, row] as const);
  return [...new Map(rows).values()].toSorted((a, b) => a.scenario - b.scenario);
}

/** What a run of the suite reported, as rows that were taken here and now. */
export function toRow({ file: _file, seed: _seed, ...report }: ReportLine): Row {
  return { ...report, takenOn: new Date().toISOString().slice(0, 10), machine: machine() };
}

/** The page with what was measured between its marks. */
export function withTable(page: string, rows: readonly Row[]): string {
  const [before = '', rest = ''] = page.split(begin);
  const [, after = ''] = rest.split(end);
  return `${before}${begin}\n${tableText(rows)}\n${end}${after}`;
}

/** The machine, and a table with one row for each scenario. */
export function tableText(rows: readonly Row[]): string {
  const head = [
    '| | scenario | runs | jobs | lost | doubled | slowest recovery |',
    '| ---: | --- | ---: | ---: | ---: | ---: | ---: |',
  ];
  const total = (key: 'faults' | 'jobs' | 'lost' | 'doubled'): number => rows.reduce((sum, row) => sum + row[key], 0);
  const sums = ['faults', 'jobs', 'lost', 'doubled'] as const;
  const last = `| | all | ${sums.map((key) => total(key)).join(' | ')} | |`;
  const isMixed = new Set(rows.map(({ scale }) => scale)).size > 1;
  return [whenAndWhere(rows), '', ...head, ...rows.map((row) => cells(row, isMixed)), last].join('\n');
}

function cells(row: Row, isMixed: boolean): string {
  const { scenario, title, scale, faults, jobs, lost, doubled, slowestRecoverySeconds, passed } = row;
  const recovery = slowestRecoverySeconds === undefined ? '' : `${slowestRecoverySeconds.toFixed(1)} s`;
  const remarks = [...(isMixed && scale === 'small' ? ['small'] : []), ...(passed ? [] : ['failed'])].join(', ');
  const name = remarks ? `${title} (${remarks})` : title;
  return `| ${[scenario, name, faults, jobs, lost, doubled, recovery].join(' | ')} |`;
}

function whenAndWhere(rows: readonly Row[]): string {
  const days = rows.map(({ takenOn }) => takenOn).toSorted();
  const scales = [...new Set(rows.map(({ scale }) => scale))].join(' and ');
  const machines = [...new Set(rows.map((row) => row.machine))].join('; ');
  const when = [...new Set([days[0], days.at(-1)])].join(' to ');
  return `Taken on ${when} at scale "${scales}": ${machines}.`;
}

function machine(): string {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 1_024 ** 3);
  return `${cpus().length} cores (${cpu?.model.trim()}), ${memory} GB, Linux ${release()}, Node ${process.version}`;
}
