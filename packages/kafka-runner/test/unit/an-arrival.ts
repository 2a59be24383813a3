import type { Arrival } from '../../src/intake.ts';
import { aPartition } from './a-partition.ts';
import { aRecord } from './a-record.ts';

/** A record that waits for its first attempt, of a partition of its own, unless a test says otherwise. */
export function anArrival({
  offset = 0,
  partition = 0,
  bytes = 1,
  ...different
}: Partial<Arrival> & { offset?: number; partition?: number; bytes?: number } = {}): Arrival {
  const record = aRecord({ offset, partition, value: Buffer.alloc(bytes) });
  const { owned } = aPartition();
  owned.ledger.deliver(offset);
  return { record, owned, attempts: 0, alone: false, ...different };
}
