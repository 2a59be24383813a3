import type { ComponentChild } from 'preact';
import type { JobDetail } from '../../../src/api.ts';
import { saySeconds, sayTime } from './say.ts';

/** Where the time of a job went: by the headers of its result, or so far by the events of its worker. */
export function Timeline({ job }: { readonly job: JobDetail }): ComponentChild {
  const parts = job.phases.length > 0 ? job.phases.filter(({ phase }) => phase !== 'total') : soFar(job);
  const total = parts.reduce((sum, { seconds }) => sum + seconds, 0);
  if (parts.length === 0) return <p class="quiet">Nothing is known of it yet.</p>;
  return (
    <ol class="timeline">
      {parts.map(({ phase, seconds }, index) => (
        <li key={`${index} ${phase}`}>
          <span>{phase}</span>
          <span class="bar" style={{ '--part': total > 0 ? seconds / total : 0 }} />
          <span class="number">{saySeconds(seconds)}</span>
        </li>
      ))}
    </ol>
  );
}

/** Each state lasts until the next one; the present one until it ended, or until now. */
function soFar({ states, stage, endedMs }: JobDetail): { phase: string; seconds: number }[] {
  const isOver = ['completed', 'failed', 'cancelled'].includes(stage);
  const lasting = isOver ? states.slice(0, -1) : states;
  const endMs = isOver ? (endedMs ?? Date.now()) : Date.now();
  return lasting.map(({ state, time }, index) => {
    const until = Date.parse(states[index + 1]?.time ?? '') || endMs;
    return { phase: state, seconds: Math.max(0, until - Date.parse(time)) / 1_000 || 0 };
  });
}

export function TimesOf({ job }: { readonly job: JobDetail }): ComponentChild {
  return (
    <>
      <dt>Sent</dt>
      <dd>{sayTime(job.submittedMs)}</dd>
      {job.endedMs !== null && <dt>Ended</dt>}
      {job.endedMs !== null && <dd>{sayTime(job.endedMs)}</dd>}
    </>
  );
}
