import type { TopicPartition } from './broker/port.ts';

/** The consumer is of no use any more, but a new one will be: the jobs are handed back and it is made anew. */
export class RestartError extends Error {
  override readonly name = 'RestartError';
  /** Partitions of which what we know is not to be trusted: nothing more is written about them. */
  readonly distrusted: readonly TopicPartition[];

  constructor(message: string, distrusted: readonly TopicPartition[] = []) {
    super(message);
    this.distrusted = distrusted;
  }
}
