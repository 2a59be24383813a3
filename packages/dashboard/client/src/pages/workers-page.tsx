import type { ComponentChild } from 'preact';
import type { About, WorkerRow } from '../../../src/api.ts';
import { useLive } from '../live.ts';
import { sayTime } from '../parts/say.ts';

export function WorkersPage({ about }: { readonly about: About }): ComponentChild {
  const { data: workers } = useLive<WorkerRow[]>('/api/workers', ({ workers: told }) => told, 5_000);
  return (
    <>
      <h1>Workers</h1>
      {!about.hasProgress && <p class="quiet">Without --progress-topic only those that ended jobs are known.</p>}
      {workers?.length === 0 && <p class="quiet">No worker was heard of in the last day.</p>}
      {workers && workers.length > 0 && <WorkerTable workers={workers} />}
    </>
  );
}

function WorkerTable({ workers }: { readonly workers: readonly WorkerRow[] }): ComponentChild {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Worker</th>
          <th scope="col">State</th>
          <th scope="col">Busy</th>
          <th scope="col">Lag</th>
          <th scope="col" class="wide">
            Partitions
          </th>
          <th scope="col" class="wide">
            Version
          </th>
          <th scope="col" class="wide">
            Last heard
          </th>
          <th scope="col">Ended in a day</th>
        </tr>
      </thead>
      <tbody>
        {workers.map((worker) => (
          <tr key={worker.worker}>
            <th scope="row" class="long">
              {worker.worker}
            </th>
            <td>
              <span class={`badge worker-${worker.state}`}>{worker.state}</span>
            </td>
            <td>{worker.slots === null ? '' : `${worker.busy ?? 0} of ${worker.slots}`}</td>
            <td>{worker.lag}</td>
            <td class="wide">{worker.partitions}</td>
            <td class="wide">{worker.version}</td>
            <td class="wide">{sayTime(worker.heardMs)}</td>
            <td>{worker.ended}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
