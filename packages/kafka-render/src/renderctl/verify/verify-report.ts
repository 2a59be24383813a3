import Table from 'cli-table3';
import { printable } from 'kafka-runner';
import type { Finding } from './finding.ts';
import type { Reconciliation } from './reconcile.ts';

/** These must not be. */
const faults = {
  lost: "jobs that the group's position calls finished, without a terminal record: lost",
  doubled: 'jobs with more than one terminal record',
  unknown:
    'terminal records of jobs that are not in the input topic: nobody sent them, or the topic is compacted, or was made anew',
  nameless: 'results that do not say of which job they are',
  unmatched: 'jobs without a terminal record: lost, or only waiting (name the group with -g)',
  expired:
    "offsets that retention has taken before the group's position came to them: jobs lost undone (markers of transactions count too)",
  beyondEnd:
    'positions of the group beyond the end of the partition: the topic was made anew, and old results cannot be told from new ones',
} as const;

const others = {
  inProgress: 'jobs that were begun and are not over: under way, or waiting for another attempt',
  waiting: 'jobs that wait to be begun',
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
  return [help, ...examples.map(printable), ...(count > examples.length ? ['...'] : [])].join('\n');
}

function notes({ takenFrom, lost, unmatched }: Reconciliation): string[] {
  if (takenFrom.length === 0 || lost.count + unmatched.count === 0) return [];
  return [
    `Retention has taken records of ${takenFrom.join(' and ')}: a job whose terminal record was among them looks as if it had none.`,
  ];
}
