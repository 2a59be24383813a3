/** The consumer is of no use any more, but a new one will be: the jobs are handed back and it is made anew. */
export class RestartError extends Error {
  override readonly name = 'RestartError';
}
