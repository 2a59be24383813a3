import type { ComponentChild } from 'preact';
import type { JobRow } from '../../../src/api.ts';

export function StateBadge({ job }: { readonly job: Pick<JobRow, 'state' | 'stage'> }): ComponentChild {
  return <span class={`badge ${job.stage}`}>{job.state}</span>;
}

/** How many of its frames are in storage, as far as is known. */
export function FramesDone({ job }: { readonly job: JobRow }): ComponentChild {
  const total = job.numFrames ?? 1;
  const done = job.stage === 'completed' ? total : job.framesDone;
  if (done === null) return <>{total}</>;
  return (
    <span class="frames-done">
      {job.stage !== 'completed' && <progress max={total} value={done} aria-label="frames in storage" />}
      {done} of {total}
    </span>
  );
}
