import { rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** Raised with every change of the tables: a file of another version is thrown away and read anew from the topics. */
const schemaVersion = 1;

const tables = `
  CREATE TABLE jobs (
    partition INTEGER NOT NULL,
    "offset" INTEGER NOT NULL,
    -- What jobs are ordered by: when it was sent or, where its record is gone, when it was first heard of.
    seen_ms INTEGER NOT NULL,
    submitted_ms INTEGER,
    ended_ms INTEGER,
    state TEXT NOT NULL DEFAULT 'queued',
    stage TEXT GENERATED ALWAYS AS (CASE
      WHEN state IN ('accepted', 'staged', 'rendering', 'uploading') THEN 'running'
      WHEN state = 'kept' THEN 'waiting'
      WHEN state = 'rejected' THEN 'failed'
      ELSE state END) VIRTUAL,
    -- Whether its result or error record has been read: then events say nothing new of its state.
    is_final INTEGER NOT NULL DEFAULT 0,
    job_id TEXT, scene TEXT, output TEXT, start_frame INTEGER, num_frames INTEGER,
    attempt INTEGER, worker TEXT, code TEXT, message TEXT,
    phases TEXT, progress TEXT, progress_ms INTEGER,
    was_sent_again INTEGER NOT NULL DEFAULT 0, retry_of TEXT,
    PRIMARY KEY (partition, "offset")
  ) STRICT;
  CREATE INDEX jobs_by_time ON jobs (seen_ms, partition, "offset");
  CREATE INDEX jobs_by_stage ON jobs (stage, seen_ms, partition, "offset");
  CREATE INDEX jobs_by_submission ON jobs (submitted_ms);
  CREATE INDEX jobs_by_end ON jobs (ended_ms, submitted_ms, stage, worker);
  CREATE TABLE workers (worker TEXT PRIMARY KEY, event TEXT NOT NULL, heard_ms INTEGER NOT NULL) STRICT;
  CREATE TABLE positions (topic TEXT, partition INTEGER, next INTEGER NOT NULL, PRIMARY KEY (topic, partition)) STRICT;
  CREATE TABLE source (about TEXT NOT NULL) STRICT;
  PRAGMA user_version = ${schemaVersion};
`;

/**
 * Opens the file, or makes it anew: when it is not there, is none of ours, or was made of something else than `about`
 * says (other brokers or topics).
 */
export function openHistory(file: string, about: string): DatabaseSync {
  const known = tryOpen(file, about);
  if (known) return known;
  for (const part of ['', '-wal', '-shm']) rmSync(file + part, { force: true });
  const database = open(file);
  database.exec(`BEGIN; ${tables}`);
  database.prepare('INSERT INTO source VALUES (?)').run(about);
  database.exec('COMMIT');
  return database;
}

function tryOpen(file: string, about: string): DatabaseSync | undefined {
  let database: DatabaseSync | undefined;
  try {
    database = open(file);
    const { user_version: version } = database.prepare('PRAGMA user_version').get() ?? {};
    if (version === schemaVersion && database.prepare('SELECT about FROM source').get()?.['about'] === about)
      return database;
  } catch (error) {
    // A file that is damaged, or no database at all: what it held can be read again.
    if (!isUseless(error)) throw error;
  }
  database?.close();
  return undefined;
}

/** https://www.sqlite.org/rescode.html: SQLITE_ERROR, SQLITE_CORRUPT, SQLITE_NOTADB. */
function isUseless(error: unknown): boolean {
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : undefined;
  return code === 1 || code === 11 || code === 26;
}

function open(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  // What a power cut takes is read again: positions and rows are of one transaction.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
  return database;
}
