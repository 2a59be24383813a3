import { EventEmitter } from 'node:events';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { FollowedRecord } from 'kafka-runner';
import type { DashboardTopics } from '../config.ts';
import { readRecord, type JobFacts, type WorkerFacts } from './read-record.ts';

interface Changes {
  /** Names of jobs. */
  readonly jobs: ReadonlySet<string>;
  readonly workers: boolean;
}

/** What is set when another record says something else, for each kind of record. */
const rules: Readonly<Record<JobFacts['kind'], { readonly set: (column: string) => string; readonly where: string }>> =
  {
    // Jobs, results and events come from several topics, in any order: what is known stays.
    job: { set: (column) => `coalesce(excluded.${column}, ${column})`, where: '' },
    end: {
      set: (column) => {
        const isOfJob = ['job_id', 'scene', 'output', 'start_frame', 'num_frames', 'worker', 'attempt'].includes(
          column,
        );
        return isOfJob ? `coalesce(excluded.${column}, ${column})` : `excluded.${column}`;
      },
      where: '',
    },
    event: {
      set: (column) => {
        const isOfEvent = ['state', 'ended_ms', 'code', 'message', 'progress', 'progress_ms'].includes(column);
        return isOfEvent ? `excluded.${column}` : `coalesce(excluded.${column}, ${column})`;
      },
      where: 'WHERE is_final = 0 AND excluded.progress_ms >= coalesce(progress_ms, 0)',
    },
    mark: { set: (column) => `excluded.${column}`, where: '' },
  };

/** Only the job's own record knows when it was sent, by which jobs are ordered. */
const neverMoved = new Set(['seen_ms']);

/** Takes records into the database; each batch, and how far it has come, is one transaction. */
export class History {
  readonly changed = new EventEmitter<{ change: [Changes] }>();
  readonly #database: DatabaseSync;
  readonly #topics: DashboardTopics;
  readonly #upserts = new Map<string, StatementSync>();
  readonly #setPosition: StatementSync;
  readonly #position: StatementSync;
  readonly #setWorker: StatementSync;

  constructor(database: DatabaseSync, topics: DashboardTopics) {
    this.#database = database;
    this.#topics = topics;
    this.#position = database.prepare('SELECT next FROM positions WHERE topic = ? AND partition = ?');
    this.#setPosition = database.prepare('INSERT OR REPLACE INTO positions VALUES (?, ?, ?)');
    this.#setWorker = database.prepare(
      'INSERT INTO workers VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET event = excluded.event, heard_ms = excluded.heard_ms WHERE excluded.heard_ms >= heard_ms',
    );
  }

  /** The next offset to read; undefined: nothing has been read of that partition. */
  position(topic: string, partition: number): number | undefined {
    const row = this.#position.get(topic, partition);
    return row && Number(row['next']);
  }

  take(records: readonly FollowedRecord[]): void {
    const jobs = new Set<string>();
    let workers = false;
    this.#database.exec('BEGIN');
    try {
      for (const record of records) {
        const facts = this.#takeOne(record);
        if (facts?.kind === 'worker') workers = true;
        else if (facts) jobs.add(`${this.#topics.jobs}-${facts.partition}-${facts.offset}`);
      }
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
    if (jobs.size > 0 || workers) this.changed.emit('change', { jobs, workers });
  }

  #takeOne(record: FollowedRecord): JobFacts | WorkerFacts | undefined {
    const { topic, partition, offset } = record;
    if (offset < (this.position(topic, partition) ?? 0)) this.#forget(topic, partition);
    const facts = readRecord(record, this.#topics);
    if (facts?.kind === 'worker') this.#setWorker.run(facts.worker, facts.event, facts.heardMs);
    else if (facts) this.#upsert(facts, record.timestampMs ?? Date.now());
    this.#setPosition.run(topic, partition, offset + 1);
    return facts;
  }

  /** The topic was deleted and made anew: its jobs are others now, though they stand at the same places. */
  #forget(topic: string, partition: number): void {
    if (topic === this.#topics.jobs) this.#database.prepare('DELETE FROM jobs WHERE partition = ?').run(partition);
  }

  #upsert({ kind, partition, offset, fields }: JobFacts, heardMs: number): void {
    const all = { seen_ms: heardMs, ...fields };
    const statement = this.#statement(kind, Object.keys(all));
    statement.run(partition, offset, ...Object.values(all));
  }

  #statement(kind: JobFacts['kind'], columns: readonly string[]): StatementSync {
    const key = `${kind} ${columns.join()}`;
    const known = this.#upserts.get(key);
    if (known) return known;
    const { set, where } = rules[kind];
    const updated = columns.filter((column) => kind === 'job' || !neverMoved.has(column));
    const statement = this.#database.prepare(`
      INSERT INTO jobs (partition, "offset", ${columns.join(', ')})
      VALUES (?, ?, ${columns.map(() => '?').join(', ')})
      ON CONFLICT DO UPDATE SET ${updated.map((column) => `${column} = ${set(column)}`).join(', ')} ${where}`);
    this.#upserts.set(key, statement);
    return statement;
  }
}
