import type { TopicPartition } from './broker/port.ts';

/** The consumer is of no use any more, but a new one will be: the jobs are handed back and it is made anew. */
export class RestartError extends Error {
  override readonly name = 'RestartError';
  /** A partition of which what we know is not to be trusted: nothing more is written about it. */
  readonly distrusted: TopicPartition | undefined;

  constructor(message: string, distrusted?: TopicPartition) {
    super(message);
    this.distrusted = distrusted;
  }
}
