import type { ConsumedRecord } from '../../src/broker/port.ts';

/** A record as it arrives: the first of `jobs/0`, unless a test says otherwise. */
export function aRecord(different: Partial<ConsumedRecord> = {}): ConsumedRecord {
  return {
    topic: 'jobs',
    partition: 0,
    offset: 0,
    key: null,
    value: Buffer.from('{"jobId": 1}'),
    headers: {},
    timestampMs: undefined,
    queuedSince: 0,
    ...different,
  };
}
