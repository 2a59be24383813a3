import type { ComponentChild } from 'preact';
import { useState } from 'preact/hooks';
import type { Activity } from '../../../src/api.ts';
import { useLive } from '../live.ts';
import { Chart } from '../parts/chart.tsx';

const spans = [
  { hours: 1, name: 'Hour' },
  { hours: 24, name: 'Day' },
  { hours: 168, name: 'Week' },
] as const;

export function ActivityPage(): ComponentChild {
  const [hours, setHours] = useState<number>(1);
  const path = `/api/activity?hours=${hours}`;
  const { data } = useLive<Activity>(path, ({ jobs }) => jobs === null || jobs.length > 0, 10_000);
  const starts = data?.buckets.map(({ startMs }) => startMs) ?? [];
  return (
    <>
      <h1>Activity</h1>
      <div role="group" aria-label="Time" class="stages">
        {spans.map((span) => (
          <button
            key={span.hours}
            type="button"
            aria-pressed={hours === span.hours}
            onClick={() => setHours(span.hours)}
          >
            {span.name}
          </button>
        ))}
      </div>
      {data && (
        <Chart
          title={`Jobs that ended, each ${data.bucketSeconds / 60} min`}
          starts={starts}
          series={[
            { name: 'completed', className: 'completed', values: data.buckets.map(({ completed }) => completed) },
            { name: 'failed or cancelled', className: 'failed', values: data.buckets.map(({ failed }) => failed) },
          ]}
        />
      )}
      {data && (
        <Chart
          title="Lag: jobs sent and not ended"
          starts={starts}
          series={[{ name: 'lag', className: 'queued', values: data.buckets.map(({ lag }) => lag) }]}
        />
      )}
    </>
  );
}
