import kafka from '@confluentinc/kafka-javascript';
import { FailedError, InterruptedError, UnavailableError, type JobError } from '../errors.ts';

const codes = kafka.CODES.ERRORS;

/** What librdkafka throws and hands to callbacks. */
export interface LibrdkafkaError {
  readonly message: string;
  readonly code: number;
}

/** The group has gone on without us: the position belongs to the new owner of the partition. */
const fencedCodes: ReadonlySet<number> = new Set([
  codes.ERR_ILLEGAL_GENERATION,
  codes.ERR_UNKNOWN_MEMBER_ID,
  codes.ERR_FENCED_INSTANCE_ID,
  codes.ERR__ASSIGNMENT_LOST,
]);

/** Turns an answer of Kafka into the error that decides what happens to the job. */
export function toJobError(error: LibrdkafkaError, doing: string): JobError {
  const message = `Kafka: ${doing}: ${error.message}`;
  if (fencedCodes.has(error.code)) return new InterruptedError('partition-lost', message, { cause: error });
  if (error.code === codes.ERR_MSG_SIZE_TOO_LARGE)
    return new FailedError('record-too-large', message, { cause: error });
  // Everything else (broker away, topic missing, not authorised) is the cluster's, not the job's: keep it and go on trying.
  return new UnavailableError('broker-unreachable', message, { cause: error });
}
