import type { StartPosition } from '../../src/broker/port.ts';
import { closeOwnership, OwnedPartitions, type OwnedPartition } from '../../src/offsets/owned-partitions.ts';

/** A partition that is ours until it is lost and closed: `jobs/0`, from its start, unless a test says otherwise. */
export function aPartition(different: Partial<StartPosition> = {}): {
  readonly owned: OwnedPartition;
  readonly lose: () => void;
  readonly close: () => void;
} {
  const position = { topic: 'jobs', partition: 0, offset: 0, metadata: '', ...different };
  const partitions = new OwnedPartitions();
  partitions.assign(position);
  const owned = partitions.of(position) as OwnedPartition;
  return { owned, lose: () => void partitions.lose([position]), close: () => closeOwnership(owned) };
}
