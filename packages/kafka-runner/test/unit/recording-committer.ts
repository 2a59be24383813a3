import type { Commit, Committer, Position, ProducedRecord } from '../../src/broker/port.ts';

/** Notes what it is asked to commit, in order, and refuses what a test says. */
export class RecordingCommitter implements Committer {
  readonly commits: Commit[] = [];
  /** Called before each commit; what it throws is the broker's answer. */
  answer: (commit: Commit) => void | Promise<void> = () => {};

  async commit(commit: Commit): Promise<void> {
    await this.answer(commit);
    this.commits.push(commit);
  }

  get records(): ProducedRecord[] {
    return this.commits.flatMap(({ records }) => records);
  }

  get positions(): Position[] {
    return this.commits.flatMap(({ positions }) => positions);
  }

  /** `out {"a":1} + jobs/0@5`: what was committed together, in order. */
  get story(): string[] {
    return this.commits.map(({ records, positions }) => [...records.map(what), ...positions.map(where)].join(' + '));
  }
}

function where({ topic, partition, offset }: Position): string {
  return `${topic}/${partition}@${offset}`;
}

/** The code of an error record, or the whole of another value. */
function what({ topic, value }: ProducedRecord): string {
  const text = String(value);
  return `${topic} ${(JSON.parse(text) as { code?: string }).code ?? text}`;
}
