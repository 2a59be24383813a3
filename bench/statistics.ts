/** Several measurements of one thing. */
export interface Sample {
  readonly median: number;
  /** Half of the measurements lie between these two. */
  readonly lower: number;
  readonly upper: number;
  readonly count: number;
}

export function sampleOf(values: readonly number[]): Sample {
  const sorted = values.toSorted((a, b) => a - b);
  return {
    median: quantile(sorted, 0.5),
    lower: quantile(sorted, 0.25),
    upper: quantile(sorted, 0.75),
    count: sorted.length,
  };
}

export function quantileOf(values: readonly number[], fraction: number): number {
  return quantile(
    values.toSorted((a, b) => a - b),
    fraction,
  );
}

/** Linear interpolation between the two nearest measurements. */
function quantile(sorted: readonly number[], fraction: number): number {
  const position = (sorted.length - 1) * fraction;
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? Number.NaN;
  return below + (above - below) * (position - Math.floor(position));
}

/** Seconds that something took. */
export async function secondsOf(action: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await action();
  return (performance.now() - startedMs) / 1_000;
}
