import type { OffsetRange, RawContent, RawRecord, TopicReader } from 'kafka-runner';
import { jobName, type JobPlace } from '../job-name.ts';
import { heldOriginal, isOriginal, type FailedJob } from './failed-job.ts';

/** Where the original of a job comes from. `none`: retention has taken it, and the error record does not hold it whole. */
export type OriginalSource = 'input topic' | 'error record' | 'none';

export interface Original extends RawContent {
  readonly source: Exclude<OriginalSource, 'none'>;
}

/** What is to be expected, without a look at the records themselves. */
export function expectedSource(failed: FailedJob, inTopic: readonly OffsetRange[]): OriginalSource {
  const range = inTopic.find(({ partition }) => partition === failed.job.partition);
  if (range !== undefined && failed.job.offset >= range.start && failed.job.offset < range.end) return 'input topic';
  return failed.isWhole ? 'error record' : 'none';
}

/**
 * The originals by the names of the jobs, from the input topic where they still are, byte for byte; else from their
 * error records. Those that are nowhere are missing.
 */
export async function fetchOriginals(
  reader: TopicReader,
  failed: readonly FailedJob[],
): Promise<Map<string, Original>> {
  const found = new Map<string, Original>();
  const inputs = await fetchRecords(
    reader,
    failed.map(({ job }) => job),
  );
  for (const one of failed) {
    const record = inputs.get(jobName(one.job));
    if (record && isOriginal(one, record.value)) found.set(jobName(one.job), { ...record, source: 'input topic' });
  }
  const missing = failed.filter(({ job, isWhole }) => isWhole && !found.has(jobName(job)));
  const records = await fetchRecords(
    reader,
    missing.flatMap((one) => one.records),
  );
  for (const one of missing) {
    const held = one.records.map((place) => fromErrorRecord(records.get(jobName(place)))).find(Boolean);
    if (held) found.set(jobName(one.job), held);
  }
  return found;
}

/** The error record has the key of the job. */
function fromErrorRecord(record: RawRecord | undefined): Original | undefined {
  const held = record && heldOriginal(record);
  return held && { ...held, key: record.key, source: 'error record' };
}

/** Records by their names. */
async function fetchRecords(reader: TopicReader, places: readonly JobPlace[]): Promise<Map<string, RawRecord>> {
  const wanted = new Set(places.map(jobName));
  const found = new Map<string, RawRecord>();
  for (const ranges of rounds(places)) {
    await reader.read(ranges, (record) => {
      if (wanted.has(jobName(record))) found.set(jobName(record), record);
    });
  }
  return found;
}

/** Reading over a few records costs less than asking anew. */
const maxGap = 500;

/** Few ranges that hold all places; those of a round are of different partitions, so that they are read together. */
export function rounds(places: readonly JobPlace[]): OffsetRange[][] {
  const result: OffsetRange[][] = [];
  const ofPartitions = Map.groupBy(places, ({ topic, partition }) => `${topic}/${partition}`);
  for (const ofPartition of ofPartitions.values()) {
    for (const [round, range] of rangesOf(ofPartition).entries()) (result[round] ??= []).push(range);
  }
  return result;
}

function rangesOf(places: readonly JobPlace[]): OffsetRange[] {
  const ranges: OffsetRange[] = [];
  for (const { topic, partition, offset } of places.toSorted((a, b) => a.offset - b.offset)) {
    const last = ranges.at(-1);
    if (last && offset - last.end < maxGap)
      ranges[ranges.length - 1] = { ...last, end: Math.max(last.end, offset + 1) };
    else ranges.push({ topic, partition, start: offset, end: offset + 1 });
  }
  return ranges;
}
