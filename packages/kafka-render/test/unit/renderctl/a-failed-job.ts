import type { FailedJob } from '../../../src/renderctl/retry/failed-job.ts';

/** A failed job; what is given is different. */
export function aFailedJob(different: Partial<FailedJob> = {}): FailedJob {
  return {
    job: { topic: 'jobs', partition: 0, offset: 7 },
    records: [{ topic: 'errors', partition: 0, offset: 3 }],
    code: 'command-failed',
    message: 'it failed',
    jobId: '1',
    time: '2026-03-01T12:00:00.000Z',
    valueBytes: 10,
    checksum: undefined,
    isWhole: false,
    ...different,
  };
}
