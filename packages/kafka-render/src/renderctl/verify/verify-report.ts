import Table from 'cli-table3';
import type { Finding } from './finding.ts';
import type { Reconciliation } from './reconcile.ts';

/** These must not be. */
const faults = {
  lost: "jobs below the group's position without a terminal record: lost",
  doubled: 'jobs with more than one terminal record',
  unknown: 'terminal records of jobs that nobody sent',
  nameless: 'results that do not say of which job they are',
  unmatched: 'jobs without a terminal record: lost, or only waiting (name the group with -g)',
} as const;

const others = {
  waiting: "jobs at or above the group's position without a terminal record: waiting, or under way",
  jobTaken: 'terminal records of jobs that retention has taken',
} as const;

export function isClean(found: Reconciliation): boolean {
  return Object.keys(faults).every((name) => found[name as keyof typeof faults].count === 0);
}

/** For machines. */
export function verifyJson(found: Reconciliation): string {
  return JSON.stringify({ clean: isClean(found), ...found });
}

/** For people. */
export function verifyText(found: Reconciliation): string {
  const table = new Table({ style: { head: [], border: [] }, colAligns: ['right', 'left'] });
  table.push([found.jobs, 'jobs'], [found.results, 'results'], [found.errors, 'error records of jobs']);
  for (const [name, help] of Object.entries({ ...faults, ...others })) {
    const finding = found[name as keyof typeof faults | keyof typeof others];
    if (finding.count > 0) table.push([finding.count, withExamples(help, finding)]);
  }
  if (found.ofOtherTopics > 0)
    table.push([found.ofOtherTopics, 'terminal records of jobs of other topics: not looked at']);
  return [table.toString(), ...notes(found), isClean(found) ? 'clean' : 'NOT clean'].join('\n');
}

function withExamples(help: string, { count, examples }: Finding): string {
  return [help, ...examples, ...(count > examples.length ? ['...'] : [])].join('\n');
}

function notes({ takenFrom, lost, unmatched }: Reconciliation): string[] {
  if (takenFrom.length === 0 || lost.count + unmatched.count === 0) return [];
  return [
    `Retention has taken records of ${takenFrom.join(' and ')}: a job whose terminal record was among them looks as if it had none.`,
  ];
}
