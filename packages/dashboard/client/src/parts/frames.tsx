import type { ComponentChild } from 'preact';
import { useState } from 'preact/hooks';
import type { FramePage } from '../../../src/api.ts';
import { useLive } from '../live.ts';

interface Props {
  readonly place: string;
  readonly name: string;
  readonly isOver: boolean;
}

/** Small pictures of the frames that are in storage. */
export function Frames({ place, name, isOver }: Props): ComponentChild {
  const [starts, setStarts] = useState<readonly number[]>([0]);
  const path = `/api/jobs/${place}/frames?from=${starts.at(-1)}`;
  const concerns = ({ jobs }: { jobs: readonly string[] | null }): boolean => jobs === null || jobs.includes(name);
  // Also where no worker tells of its progress.
  const { data, error } = useLive<FramePage>(path, concerns, isOver ? undefined : 3_000);
  if (error && !data) return <p class="fault">Storage: {error.message}</p>;
  if (!data) return null;
  if (data.frames.length === 0) return <p class="quiet">No frame is there{isOver ? '' : ' yet'}.</p>;
  return (
    <>
      <ul class="frames">
        {data.frames.map(({ frame, version, isShown }) => (
          <li key={frame}>
            {isShown ? (
              <img src={`/api/jobs/${place}/frames/${frame}/thumbnail?v=${version}`} alt="" loading="lazy" />
            ) : (
              <span class="no-picture">no preview</span>
            )}
            <span>frame {frame}</span>
          </li>
        ))}
      </ul>
      {(starts.length > 1 || data.next !== null) && (
        <div class="buttons">
          <button type="button" disabled={starts.length === 1} onClick={() => setStarts(starts.slice(0, -1))}>
            Frames before
          </button>
          <button
            type="button"
            disabled={data.next === null}
            onClick={() => data.next !== null && setStarts([...starts, data.next])}
          >
            Frames after
          </button>
        </div>
      )}
    </>
  );
}
