import { createLogUpdate } from 'log-update';
import { placeName } from '../named-job.ts';
import type { JobBoard, WatchedJob } from './job-board.ts';
import { jobLine } from './job-line.ts';
import { jobTable, sumLine } from './job-table.ts';

/** How the board is shown. */
export interface WatchView {
  show(board: JobBoard): void;
  /** The last word. */
  end(board: JobBoard): void;
}

/** A table that stays where it is on a terminal; elsewhere a line for each change, for people or as JSON. */
export function watchView(json: boolean, output: NodeJS.WriteStream = process.stdout): WatchView {
  if (json) return { show: (board) => board.takeChanged().forEach(printJson), end: () => undefined };
  if (!output.isTTY) return { show: printLines, end: (board) => console.log(sumLine(board.jobs)) };
  const update = createLogUpdate(output);
  const table = ({ jobs }: JobBoard): void => update(jobTable(jobs, Math.max(3, output.rows - 3)));
  return {
    show: table,
    end: (board) => {
      table(board);
      update.done();
    },
  };
}

function printLines(board: JobBoard): void {
  const time = new Date().toISOString().slice(11, 19);
  for (const job of board.takeChanged()) console.log(`${time} ${jobLine(job)}`);
}

function printJson(job: WatchedJob): void {
  console.log(JSON.stringify({ job: placeName(job), ...job }));
}
