import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { scale, type Scale } from './scale.ts';
import { seed } from './random.ts';

/** What one scenario came to; `docs/reliability.md` is a table of these. */
export interface FaultReport {
  /** Its number in the list of scenarios. */
  readonly scenario: number;
  readonly title: string;
  /** How many times the fault happened. */
  readonly faults: number;
  readonly jobs: number;
  readonly lost: number;
  readonly doubled: number;
  /** Undefined where work never stands still, or nothing can be said. */
  readonly slowestRecoverySeconds?: number;
  readonly passed: boolean;
}

/** A line of the file that `FAULT_REPORT` names. */
export interface ReportLine extends FaultReport {
  readonly file: string;
  readonly seed: number;
  readonly scale: Scale;
}

const root = path.join(import.meta.dirname, '../../../../..');

/** The command that runs a test file again with the same chances. */
export function commandToRepeat(file: string): string {
  return `FAULT_SEED=${seed} FAULT_SCALE=${scale} bin/node --test ${path.relative(root, file)}`;
}

/** Adds a line to the file that `FAULT_REPORT` names, if it names one. */
export function writeReport(report: FaultReport, file: string): void {
  const target = process.env['FAULT_REPORT'];
  const line: ReportLine = { ...report, file: path.relative(root, file), seed, scale };
  if (target !== undefined) appendFileSync(target, `${JSON.stringify(line)}\n`);
}
