import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { assertNoneLost, assertPositionsTrue, audit, longestPauseMs, slowestRecoveryMs } from '../../kafka/audit.ts';
import type { Audit } from '../../kafka/audit.ts';
import type { RunnerTopics } from '../../kafka/oracle.ts';
import { processesWith } from '../../kafka/processes-with.ts';
import type { RunnerProcess } from '../../kafka/runner-process.ts';
import { commandToRepeat, writeReport, type FaultReport } from './fault-report.ts';
import { randomNumbers, seed } from './random.ts';

export interface ScenarioAbout {
  /** Its number in `docs/reliability.md`. */
  readonly scenario: number;
  readonly title: string;
  /** The test file: `import.meta.filename`. */
  readonly file: string;
  readonly timeoutMs: number;
}

export interface Conclusion {
  /** Work went on again after each fault within this time; undefined: nothing is said about it. */
  readonly recoveryWithinMs?: number;
  /** The fault is in the jobs, which all wait from the start: each end of one is to be followed by another within the time. */
  readonly isInJobs?: boolean;
  /** How long to wait for the end of all jobs; default: a minute and a half. */
  readonly seconds?: number;
  /** Those that run still: they end, with 0, before the oracle looks for what is left. */
  readonly workers?: readonly Pick<RunnerProcess, 'stop'>[];
  /** How many times the fault happened, where nobody noted it. */
  readonly faults?: number;
}

/** One scenario: a test that prints its seed and the command that repeats it, and ends before the shared oracle. */
export function faultScenario(about: ScenarioAbout, body: (run: FaultRun) => Promise<void>): void {
  test(`${about.title} (seed ${seed})`, { timeout: about.timeoutMs }, async (t) => {
    t.diagnostic(commandToRepeat(about.file));
    const run = new FaultRun(t, about);
    let passed = false;
    try {
      await body(run);
      passed = true;
    } finally {
      run.report(passed);
    }
  });
}

/** Gives what a scenario needs of chance and time, and judges its end. */
export class FaultRun {
  readonly t: TestContext;
  readonly random = randomNumbers();
  /** Stands in the arguments of whatever jobs start, so that what is left of them is found. */
  readonly marker: string = randomUUID();
  readonly #about: ScenarioAbout;
  readonly #faultsAtMs: number[] = [];
  #counts: Omit<FaultReport, 'scenario' | 'title' | 'passed' | 'faults'> = { jobs: 0, lost: 0, doubled: 0 };
  #faults: number | undefined;

  constructor(t: TestContext, about: ScenarioAbout) {
    this.t = t;
    this.#about = about;
  }

  /** A number from `from` to `to`. */
  between(from: number, to: number): number {
    return from + this.random() * (to - from);
  }

  /** A whole number below `end`. */
  below(end: number): number {
    return Math.floor(this.random() * end);
  }

  /** Notes that the fault happens now, or that it ends now where only then work can go on. */
  fault(): void {
    this.#faultsAtMs.push(Date.now());
  }

  /** C while the fault lasts or work goes on: what is committed at this moment has ended. */
  async lookInMidRun(topics: RunnerTopics): Promise<void> {
    // As long as a transaction that is left open may hide what has ended.
    assertPositionsTrue(await audit(topics, { until: 'positions', seconds: 25 }));
  }

  /**
   * Waits until all jobs are over, counts, and asserts what holds in every scenario: L, C, D, P as far as a time is
   * stated, and O: no process and nothing in the workers' folders is left.
   */
  async conclude(topics: RunnerTopics & { jobsFolders(): Promise<string[]> }, conclusion: Conclusion): Promise<Audit> {
    const { workers = [], seconds = 90, recoveryWithinMs = Infinity, isInJobs = false, faults } = conclusion;
    const seen = await audit(topics, { until: 'over', seconds });
    const recoveryMs = isInJobs ? longestPauseMs(seen) : slowestRecoveryMs(seen, this.#faultsAtMs);
    this.#count(seen, recoveryMs);
    this.#faults = faults;
    assertNoneLost(seen);
    assertDoubled(seen);
    assert.ok(recoveryMs <= recoveryWithinMs, `work stood still for ${recoveryMs} ms, not ${recoveryWithinMs} at most`);
    // While the workers live: what they leave, their guardians end with them.
    await this.#assertNoProcess();
    const ends = await Promise.all(workers.map((worker) => worker.stop()));
    for (const { exitCode } of ends) assert.equal(exitCode, 0);
    await this.#assertNoProcess();
    assert.deepEqual(await topics.jobsFolders(), [], 'folders that are left');
    return seen;
  }

  /** Prints what the scenario came to, and adds it to the report. One that failed early has a line there too. */
  report(passed: boolean): void {
    const { scenario, title, file } = this.#about;
    const report = { faults: this.#faults ?? this.#faultsAtMs.length, ...this.#counts, passed };
    this.t.diagnostic(JSON.stringify(report));
    writeReport({ scenario, title, ...report }, file);
  }

  #count({ jobs, lost, doubled }: Audit, recoveryMs: number): void {
    const counts = { jobs: jobs.length, lost: lost.length, doubled: doubled.length };
    // Nothing waited, or it waits for ever: then jobs are lost.
    const isKnown = recoveryMs > 0 && Number.isFinite(recoveryMs);
    this.#counts = isKnown ? { ...counts, slowestRecoverySeconds: recoveryMs / 1_000 } : counts;
  }

  async #assertNoProcess(): Promise<void> {
    const giveUpAt = performance.now() + 3_000;
    while (processesWith(this.marker).length > 0 && performance.now() < giveUpAt) await sleep(50);
    assert.deepEqual(processesWith(this.marker), [], 'processes that are left');
  }
}

/** D: nobody who reads committed records sees a job end twice. */
export function assertDoubled({ doubled }: Pick<Audit, 'doubled'>): void {
  assert.deepEqual(doubled, [], 'jobs with more than one terminal record');
}
