import type { ComponentChild } from 'preact';
import { useState } from 'preact/hooks';
import type { About, JobDetail } from '../../../src/api.ts';
import { useLive } from '../live.ts';
import { ConfirmDialog } from '../parts/confirm-dialog.tsx';
import { Frames } from '../parts/frames.tsx';
import { saySeconds, sayFrames } from '../parts/say.ts';
import { FramesDone, StateBadge } from '../parts/state-badge.tsx';
import { Timeline, TimesOf } from '../parts/timeline.tsx';

interface Props {
  /** PARTITION/OFFSET */
  readonly place: string;
  readonly about: About;
}

export function JobPage({ place, about }: Props): ComponentChild {
  const name = `${about.inTopic}-${place.replace('/', '-')}`;
  const { data: job, error } = useLive<JobDetail>(
    `/api/jobs/${place}`,
    ({ jobs }) => jobs === null || jobs.includes(name),
  );
  if (!job) return <p class={error ? 'fault' : 'quiet'}>{error ? error.message : 'Looking for it.'}</p>;
  const isOver = ['completed', 'failed', 'cancelled'].includes(job.stage);
  return (
    <article>
      <p>
        <a href="#/jobs">All jobs</a>
      </p>
      <h1>
        Job <span class="id">{job.jobId ?? job.name}</span> <StateBadge job={job} />
      </h1>
      <Actions job={job} place={place} about={about} isOver={isOver} />
      {job.code !== null && <Trouble job={job} />}
      <Facts job={job} isOver={isOver} />
      <h2>Where the time went</h2>
      <Timeline job={job} />
      {about.hasStorage && <h2>Frames</h2>}
      {about.hasStorage && <Frames place={place} name={job.name} isOver={isOver} />}
    </article>
  );
}

function Facts({ job, isOver }: { readonly job: JobDetail; readonly isOver: boolean }): ComponentChild {
  const rows: readonly (readonly [string, string | number | null])[] = [
    ['Name', job.name],
    ['Scene', job.scene],
    ['Output', job.output],
    ['Frame range', sayFrames(job)],
    ['Worker', job.worker],
    ['Attempt', job.attempt],
    ['At', !isOver && job.frame !== null ? sayWhere(job) : null],
    ['Time left', !isOver && job.etaSeconds !== null ? `about ${saySeconds(job.etaSeconds)}` : null],
    ['Repeats', job.retryOf],
  ];
  return (
    <dl class="facts">
      <dt>Frames in storage</dt>
      <dd>
        <FramesDone job={job} />
      </dd>
      {rows.map(([name, value]) => value !== null && [<dt key={name}>{name}</dt>, <dd key={`${name}:`}>{value}</dd>])}
      <TimesOf job={job} />
    </dl>
  );
}

function sayWhere({ frame, sample, samples }: JobDetail): string {
  return samples === null ? `frame ${frame}` : `frame ${frame}, sample ${sample ?? 0} of ${samples}`;
}

function Trouble({ job }: { readonly job: JobDetail }): ComponentChild {
  return (
    <section class="trouble" aria-label="What went wrong">
      <h2>
        <code>{job.code}</code>
      </h2>
      {job.advice && <p>{job.advice.meaning}</p>}
      {job.advice && (
        <p>
          <strong>What to do:</strong> {job.advice.advice}
        </p>
      )}
      {job.message !== null && (
        <pre tabIndex={0} aria-label="Message of the worker">
          {job.message}
        </pre>
      )}
    </section>
  );
}

interface ActionsProps extends Props {
  readonly job: JobDetail;
  readonly isOver: boolean;
}

const orders = {
  cancel: {
    action: 'Cancel the job',
    consequence: 'A worker that is at it ends its Blender. Frames that are in storage stay there.',
    done: 'The order to cancel it was sent.',
  },
  retry: {
    action: 'Send it again',
    consequence: 'Its message is sent once more, as it was: that makes a new job. Frames that are in storage are kept.',
    done: 'It was sent again, as a new job.',
  },
} as const;

function Actions({ job, place, about, isOver }: ActionsProps): ComponentChild {
  const [asks, setAsks] = useState<keyof typeof orders | undefined>();
  const [done, setDone] = useState<string>('');
  const canCancel = about.canCancel && !isOver;
  const canRetry = (job.stage === 'failed' || job.stage === 'cancelled') && !job.wasSentAgain;
  const order = asks && orders[asks];
  return (
    <div class="buttons">
      {canCancel && (
        <button type="button" onClick={() => setAsks('cancel')}>
          Cancel ...
        </button>
      )}
      {canRetry && (
        <button type="button" onClick={() => setAsks('retry')}>
          Send again ...
        </button>
      )}
      <p role="status">{job.wasSentAgain ? 'This job was sent again.' : done}</p>
      {asks && order && (
        <ConfirmDialog
          question={`${order.action}?`}
          consequence={order.consequence}
          action={order.action}
          path={`/api/jobs/${place}/${asks}`}
          onDone={() => setDone(order.done)}
          onClose={() => setAsks(undefined)}
        />
      )}
    </div>
  );
}
