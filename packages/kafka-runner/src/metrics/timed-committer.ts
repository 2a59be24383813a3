import type { Histogram } from 'prom-client';
import type { Commit, Committer } from '../broker/port.ts';

/** A committer that is watched by a clock. */
export class TimedCommitter implements Committer {
  readonly #committer: Committer;
  readonly #seconds: Histogram<'result'>;

  constructor(committer: Committer, seconds: Histogram<'result'>) {
    this.#committer = committer;
    this.#seconds = seconds;
  }

  async commit(commit: Commit): Promise<void> {
    const end = this.#seconds.startTimer();
    try {
      await this.#committer.commit(commit);
      end({ result: 'stored' });
    } catch (error) {
      end({ result: 'failed' });
      throw error;
    }
  }
}
