import { ConfigError, type OffsetRange, type RawRecord, type TopicReader } from 'kafka-runner';
import { jobName } from '../job-name.ts';
import { Account, type Positions } from './account.ts';
import { Finding } from './finding.ts';
import type { Findings } from './findings.ts';
import { readEither, readError, readResult, type Said } from './terminal-record.ts';

export interface ReconcileSettings {
  readonly inTopic: string;
  readonly outTopic: string;
  readonly errorTopic: string;
  /** The group whose positions the reader knows. */
  readonly groupId: string | undefined;
  readonly examples: number;
}

export interface Reconciliation extends Findings {
  readonly jobs: number;
  readonly results: number;
  readonly errors: number;
  /** Records that end a job without saying which; named by their own place. */
  readonly nameless: Finding;
  /** Terminal records of jobs of other topics. */
  readonly ofOtherTopics: number;
  /** Topics of which retention has taken records: jobs whose results were among them count as lost. */
  readonly takenFrom: readonly string[];
}

/**
 * Reads everything that is there now. Jobs may be sent and done meanwhile. Throws ConfigError for a topic that is not
 * there, or a group that says nothing of the jobs.
 */
export async function reconcile(reader: TopicReader, settings: ReconcileSettings): Promise<Reconciliation> {
  const { inTopic, outTopic, errorTopic, examples } = settings;
  // The order matters. What the position calls finished has its terminal record below the ends that are asked for later;
  // what has a terminal record below those is below the end that is asked for last.
  const positions = settings.groupId === undefined ? undefined : await positionsOf(reader, inTopic, settings.groupId);
  const terminalRanges = [
    ...(await reader.ranges(outTopic)),
    ...(outTopic === errorTopic ? [] : await reader.ranges(errorTopic)),
  ];
  const inRanges = await reader.ranges(inTopic);
  const account = new Account(inRanges, positions, examples);
  const terminals = new Terminals(settings, account);
  await reader.read([...inRanges, ...terminalRanges], (record) => {
    if (record.topic === inTopic) account.addJob(record);
    else terminals.add(record);
  });
  const findings = account.close(startsOf(await reader.ranges(inTopic)));
  const { results, errors, nameless, ofOtherTopics } = terminals;
  const takenFrom = terminalRanges.filter(({ start }) => start > 0).map(({ topic }) => topic);
  return {
    jobs: account.jobs,
    results,
    errors,
    ...findings,
    nameless,
    ofOtherTopics,
    takenFrom: [...new Set(takenFrom)],
  };
}

/** With a name that is none, every lost job would pass for one that waits. */
async function positionsOf(reader: TopicReader, topic: string, groupId: string): Promise<Positions> {
  const ranges = await reader.ranges(topic);
  const committed = await reader.committed(ranges);
  const holdsRecords = ranges.some(({ start, end }) => start < end);
  if (holdsRecords && committed.every((position) => position === undefined)) {
    throw new ConfigError(
      `group ${groupId} has no position on ${topic}, so that lost jobs cannot be told from waiting ones: check the name. ` +
        'A group has none before its first job, and after a week or so without workers (offsets.retention.minutes); ' +
        'without -g, jobs without a terminal record are listed as they are',
    );
  }
  const positions: Positions[number][] = [];
  for (const [index, { partition }] of ranges.entries()) positions[partition] = committed[index];
  return positions;
}

function startsOf(ranges: readonly OffsetRange[]): number[] {
  const starts: number[] = [];
  for (const { partition, start } of ranges) starts[partition] = start;
  return starts;
}

/** The records of the output and the error topic. */
class Terminals {
  readonly #settings: ReconcileSettings;
  readonly #account: Account;
  readonly nameless: Finding;
  results = 0;
  errors = 0;
  ofOtherTopics = 0;

  constructor(settings: ReconcileSettings, account: Account) {
    this.#settings = settings;
    this.#account = account;
    this.nameless = new Finding(settings.examples);
  }

  add(record: RawRecord): void {
    const said = this.#read(record);
    if (said.kind === 'other') return;
    if (said.kind === 'nameless') return this.nameless.add(jobName(record));
    if (said.job.topic !== this.#settings.inTopic) {
      this.ofOtherTopics += 1;
      return;
    }
    this[said.kind === 'result' ? 'results' : 'errors'] += 1;
    this.#account.addTerminal(said.job);
  }

  #read(record: RawRecord): Said {
    const { outTopic, errorTopic } = this.#settings;
    if (outTopic === errorTopic) return readEither(record);
    return record.topic === outTopic ? readResult(record) : readError(record);
  }
}
