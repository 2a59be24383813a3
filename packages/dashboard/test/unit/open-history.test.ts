// Expected: a file is taken up where it ended; one of another version or of other topics, a damaged one, or none at all, is
// made anew.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { jobPage } from '../../src/history/job-queries.ts';
import { openHistory } from '../../src/history/open-history.ts';
import { aHistory, aJob } from '../a-history.ts';

function aFile(t: { after: (act: () => void) => void }): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'history-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return path.join(folder, 'history.sqlite');
}

function fill(file: string): void {
  const { database, history } = aHistory(file);
  history.take([aJob(0), aJob(1)]);
  database.close();
}

function jobsIn(file: string, about = 'the test'): number {
  const database = openHistory(file, about);
  const { length } = jobPage(database, 'jobs', { limit: 10 }).jobs;
  database.close();
  return length;
}

test('a file is taken up where it ended', (t) => {
  const file = aFile(t);
  fill(file);
  assert.equal(jobsIn(file), 2);
  const { database, history } = aHistory(file);
  assert.equal(history.position('jobs', 0), 2);
  database.close();
});

test('of other topics', (t) => {
  const file = aFile(t);
  fill(file);
  assert.equal(jobsIn(file, 'another'), 0);
});

test('of another version', (t) => {
  const file = aFile(t);
  fill(file);
  const database = openHistory(file, 'the test');
  database.exec('PRAGMA user_version = 99');
  database.close();
  assert.equal(jobsIn(file), 0);
});

test('damaged, or no database', (t) => {
  const file = aFile(t);
  writeFileSync(file, 'what a pity '.repeat(1_000));
  assert.equal(jobsIn(file), 0);
  fill(file);
  assert.equal(jobsIn(file), 2);
});

test('where none can be written', (t) => {
  assert.throws(() => openHistory(path.join(aFile(t), 'no/such/folder'), 'the test'), /unable to open/);
});
