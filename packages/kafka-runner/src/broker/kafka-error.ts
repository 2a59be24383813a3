import kafka from '@confluentinc/kafka-javascript';
import { FailedError, UnavailableError, type JobError } from '../errors.ts';

const codes = kafka.CODES.ERRORS;

/** What librdkafka throws and hands to callbacks. */
export interface LibrdkafkaError {
  readonly message: string;
  readonly code: number;
}

/** Turns an answer of Kafka into the error that decides what happens to the job. */
export function toJobError(error: LibrdkafkaError, doing: string): JobError {
  const message = `Kafka: ${doing}: ${error.message}`;
  if (error.code === codes.ERR_MSG_SIZE_TOO_LARGE)
    return new FailedError('record-too-large', message, { cause: error });
  // Everything else (broker away, topic missing, not authorised) is the cluster's, not the job's: keep it and go on trying.
  // So is a refused generation: while the group rebalances, a worker that keeps its partitions gets that answer too.
  // Whether a partition is lost is told by its revocation, and by nothing else.
  return new UnavailableError('broker-unreachable', message, { cause: error });
}

/** Asks the client something that it answers with a callback. Throws what `toJobError` makes of an error. */
export function ask<T>(asking: string, act: (done: (error: LibrdkafkaError, value: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    act((error, value) => (error ? reject(toJobError(error, asking)) : resolve(value)));
  });
}
