import { printable } from 'kafka-runner';
import { placeName } from '../named-job.ts';
import type { WatchedJob } from './job-board.ts';

const longest = 120;

/** `render.job-0-12 rendering, 3 of 10 frames, 4.1 frames/min, 1 min 30 s left` */
export function jobLine(job: WatchedJob): string {
  const parts = [`${placeName(job)} ${job.state}`, framesText(job), rateText(job), etaText(job), whyText(job)];
  return parts.filter((part) => part !== '').join(', ');
}

export function framesText({ framesDone, numFrames }: WatchedJob): string {
  if (framesDone === undefined) return '';
  return `${framesDone} of ${numFrames ?? '?'} ${numFrames === 1 ? 'frame' : 'frames'}`;
}

export function rateText({ framesPerMinute, isOver }: WatchedJob): string {
  return framesPerMinute === undefined || isOver ? '' : `${framesPerMinute.toFixed(1)} frames/min`;
}

export function etaText({ etaSeconds, isOver }: WatchedJob): string {
  return etaSeconds === undefined || isOver ? '' : `${duration(etaSeconds)} left`;
}

/** Whoever writes records may write control characters: they do not reach the terminal. */
export function whyText({ code, message }: WatchedJob): string {
  if (code === undefined) return '';
  const why = printable(message === undefined ? code : `${code}: ${message}`);
  return why.length > longest ? `${why.slice(0, longest - 1)}…` : why;
}

/** `45 s`, `2 min 5 s`, `3 h 20 min` */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3_600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3_600)} h ${Math.floor((whole % 3_600) / 60)} min`;
}
