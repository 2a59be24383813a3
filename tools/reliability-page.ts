import { cpus, release, totalmem } from 'node:os';
import type { ReportLine } from '../packages/kafka-runner/test/fault/suite/fault-report.ts';

const begin = '<!-- measured: begin -->';
const end = '<!-- measured: end -->';

/** The lines of a report; of several runs of a scenario the last one counts. */
export function readReport(text: string): ReportLine[] {
  const lines = text.split('\n').filter((line) => line !== '');
  const runs = lines.map((line) => JSON.parse(line) as ReportLine).map((line) => [line.title, line] as const);
  return [...new Map(runs).values()].toSorted((a, b) => a.scenario - b.scenario);
}

/** The page with what was measured between its marks. */
export function withReport(page: string, lines: readonly ReportLine[]): string {
  const [before = '', rest = ''] = page.split(begin);
  const [, after = ''] = rest.split(end);
  return `${before}${begin}\n${reportText(lines)}\n${end}${after}`;
}

/** The machine, and a table with one row for each scenario. */
export function reportText(lines: readonly ReportLine[]): string {
  const head = [
    '| | scenario | runs | jobs | lost | doubled | slowest recovery |',
    '| ---: | --- | ---: | ---: | ---: | ---: | ---: |',
  ];
  const total = (key: 'faults' | 'jobs' | 'lost' | 'doubled'): number =>
    lines.reduce((sum, line) => sum + line[key], 0);
  const sums = ['faults', 'jobs', 'lost', 'doubled'] as const;
  const last = `| | all | ${sums.map((key) => total(key)).join(' | ')} | |`;
  const isMixed = new Set(lines.map(({ scale }) => scale)).size > 1;
  return [machine(lines), '', ...head, ...lines.map((line) => row(line, isMixed)), last].join('\n');
}

function row(line: ReportLine, isMixed: boolean): string {
  const { scenario, title, scale, faults, jobs, lost, doubled, slowestRecoverySeconds, passed } = line;
  const recovery = slowestRecoverySeconds === undefined ? '' : `${slowestRecoverySeconds.toFixed(1)} s`;
  const remarks = [...(isMixed && scale === 'small' ? ['small'] : []), ...(passed ? [] : ['failed'])].join(', ');
  const name = remarks ? `${title} (${remarks})` : title;
  return `| ${[scenario, name, faults, jobs, lost, doubled, recovery].join(' | ')} |`;
}

function machine(lines: readonly ReportLine[]): string {
  const [cpu] = cpus();
  const date = new Date().toISOString().slice(0, 10);
  const memory = Math.round(totalmem() / 1_024 ** 3);
  const scales = [...new Set(lines.map(({ scale }) => scale))].join(' and ');
  return `Taken on ${date} at scale "${scales}": ${cpus().length} cores (${cpu?.model.trim()}), ${memory} GB, Linux ${release()}, Node ${process.version}.`;
}
