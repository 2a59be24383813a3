import { Finding } from './finding.ts';

/** What the reconciliation has found. */
export interface Findings {
  /** Jobs that the group's position calls finished, without a terminal record. */
  readonly lost: Finding;
  /** Jobs with more than one terminal record. */
  readonly doubled: Finding;
  /** Terminal records of jobs that are not there. */
  readonly unknown: Finding;
  /** Without a group: jobs without a terminal record, lost or only waiting. */
  readonly unmatched: Finding;
  /** Offsets that retention has taken before the group's position came to them. */
  readonly expired: Finding;
  /** Positions of the group that lie beyond the end of their partition, so that they are of another topic. */
  readonly beyondEnd: Finding;
  /** Jobs without a terminal record that the group's position calls begun: under way, or waiting to be tried again. */
  readonly inProgress: Finding;
  /** Other jobs without a terminal record. */
  readonly waiting: Finding;
  /** Terminal records of jobs that retention has taken. */
  readonly jobTaken: Finding;
}

/** @param examples how many of each are named */
export function noFindings(examples: number): Findings {
  const none = (): Finding => new Finding(examples);
  return {
    lost: none(),
    doubled: none(),
    unknown: none(),
    unmatched: none(),
    expired: none(),
    beyondEnd: none(),
    inProgress: none(),
    waiting: none(),
    jobTaken: none(),
  };
}
