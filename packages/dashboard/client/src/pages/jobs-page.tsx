import type { ComponentChild } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { stages, type JobPage as Page, type JobRow, type Stage, type StageCounts } from '../../../src/api.ts';
import { useLive } from '../live.ts';
import { sayFrames, sayTime, sayTook } from '../parts/say.ts';
import { FramesDone, StateBadge } from '../parts/state-badge.tsx';

const typingMs = 200;

const anyJob = ({ jobs }: { jobs: readonly string[] | null }): boolean => jobs === null || jobs.length > 0;

export function JobsPage(): ComponentChild {
  const [stage, setStage] = useState<Stage | undefined>();
  const [search, setSearch] = useState('');
  // Where the pages up to this one begin; the first one begins with the youngest job.
  const [befores, setBefores] = useState<readonly string[]>([]);
  const filter = { ...(stage && { stage }), ...(search !== '' && { search }) };
  const before = befores.at(-1);
  const query = new URLSearchParams({ ...filter, ...(before !== undefined && { before }) });
  const { data, error } = useLive<Page>(`/api/jobs?${query.toString()}`, anyJob);
  return (
    <>
      <h1>Jobs</h1>
      <div class="filters">
        <SearchField
          onSearch={(text) => {
            setSearch(text);
            setBefores([]);
          }}
        />
        <StageFilter
          stage={stage}
          onChoose={(chosen) => {
            setStage(chosen);
            setBefores([]);
          }}
        />
      </div>
      {error && <p class="fault">{error.message}</p>}
      {data && <JobTable jobs={data.jobs} />}
      {data && (befores.length > 0 || data.next !== null) && (
        <div class="buttons">
          <button type="button" disabled={befores.length === 0} onClick={() => setBefores(befores.slice(0, -1))}>
            Younger jobs
          </button>
          <button
            type="button"
            disabled={data.next === null}
            onClick={() => data.next !== null && setBefores([...befores, data.next])}
          >
            Older jobs
          </button>
        </div>
      )}
    </>
  );
}

function SearchField({ onSearch }: { readonly onSearch: (text: string) => void }): ComponentChild {
  const [text, setText] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => onSearch(text.trim()), typingMs);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <label class="search">
      <span>Search id, scene, output or name</span>
      <input type="search" maxLength={200} value={text} onInput={({ currentTarget }) => setText(currentTarget.value)} />
    </label>
  );
}

interface StageProps {
  readonly stage: Stage | undefined;
  readonly onChoose: (stage: Stage | undefined) => void;
}

function StageFilter({ stage, onChoose }: StageProps): ComponentChild {
  const { data: counts } = useLive<StageCounts>('/api/counts', anyJob);
  const all = counts && Object.values(counts).reduce((sum, count) => sum + count, 0);
  return (
    <div role="group" aria-label="State" class="stages">
      <button type="button" aria-pressed={stage === undefined} onClick={() => onChoose(undefined)}>
        all {all}
      </button>
      {stages.map((name) => (
        <button key={name} type="button" aria-pressed={stage === name} onClick={() => onChoose(name)}>
          {name} {counts?.[name]}
        </button>
      ))}
    </div>
  );
}

function JobTable({ jobs }: { readonly jobs: readonly JobRow[] }): ComponentChild {
  if (jobs.length === 0) return <p class="quiet">There is no such job.</p>;
  return (
    <table class="jobs">
      <thead>
        <tr>
          <th scope="col">Job</th>
          <th scope="col">State</th>
          <th scope="col">Scene</th>
          <th scope="col" class="wide">
            Range
          </th>
          <th scope="col">Frames</th>
          <th scope="col" class="wide">
            Sent
          </th>
          <th scope="col" class="wide">
            Took
          </th>
        </tr>
      </thead>
      <tbody>
        {jobs.map((job) => (
          <tr key={job.name}>
            <th scope="row">
              <a href={`#/jobs/${job.partition}/${job.offset}`} title={job.name}>
                {job.jobId ?? job.name}
              </a>
            </th>
            <td>
              <StateBadge job={job} />
            </td>
            <td>
              <span class="long">{job.scene}</span>
            </td>
            <td class="wide">{sayFrames(job)}</td>
            <td>
              <FramesDone job={job} />
            </td>
            <td class="wide">{sayTime(job.submittedMs)}</td>
            <td class="wide">{sayTook(job)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
