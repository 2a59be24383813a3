import Table from 'cli-table3';
import { placeName } from '../named-job.ts';
import { duration, etaText, framesText, rateText, whyText } from './job-line.ts';
import type { WatchedJob } from './job-board.ts';

const barCells = 20;
const noLines = Object.fromEntries(
  ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right', 'left', 'left-mid']
    .concat(['mid', 'mid-mid', 'right', 'right-mid'])
    .map((name) => [name, '']),
);

/** The jobs as a table with a bar for each, at most so many rows, and a line that sums them up. */
export function jobTable(jobs: readonly WatchedJob[], maxRows: number): string {
  const table = new Table({
    chars: { ...noLines, middle: '  ' },
    style: { 'padding-left': 0, 'padding-right': 0, border: [] },
  });
  // What is under way is what one looks for.
  const shown = jobs.toSorted((a, b) => rank(a) - rank(b)).slice(0, maxRows);
  for (const job of shown) {
    const said = whyText(job) || etaText(job);
    table.push([placeName(job), job.state, progressBar(job), framesText(job), rateText(job), said]);
  }
  const more = jobs.length > shown.length ? [`and ${jobs.length - shown.length} more`] : [];
  return [table.toString(), ...more, sumLine(jobs)].join('\n');
}

export function progressBar({ framesDone = 0, numFrames }: Pick<WatchedJob, 'framesDone' | 'numFrames'>): string {
  const share = numFrames === undefined || numFrames < 1 ? 0 : Math.min(1, framesDone / numFrames);
  const full = Math.floor(share * barCells);
  return `${'█'.repeat(full)}${'░'.repeat(barCells - full)} ${String(Math.floor(share * 100)).padStart(3)} %`;
}

/** `1 of 4 jobs ended, 120 of 250 frames, 34.5 frames/min, 4 min 2 s left` */
export function sumLine(jobs: readonly WatchedJob[]): string {
  const sum = (of: (job: WatchedJob) => number | undefined): number =>
    jobs.reduce((total, job) => total + (of(job) ?? 0), 0);
  const [done, all] = [sum(({ framesDone }) => framesDone), sum(({ numFrames }) => numFrames)];
  const rate = sum(({ framesPerMinute, isOver }) => (isOver ? 0 : framesPerMinute));
  const ended = `${jobs.filter(({ isOver }) => isOver).length} of ${jobs.length} jobs ended, ${done} of ${all} frames`;
  return rate === 0 ? ended : `${ended}, ${rate.toFixed(1)} frames/min, ${duration(((all - done) / rate) * 60)} left`;
}

function rank({ isOver, state }: WatchedJob): number {
  if (isOver) return 2;
  return state === 'sent' ? 1 : 0;
}
