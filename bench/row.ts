import { sampleOf, type Sample } from './statistics.ts';

/** What is measured. */
interface Measured {
  readonly name: string;
  readonly unit: 'ms' | 'jobs/s' | 'MB' | '% of a core';
  readonly ours: Sample;
  /** How good it has to be; without one it is only reported. */
  readonly bar?: string;
  readonly met?: boolean;
}

/** One comparison: ours against the bare thing, both measured in the same run, by turns. */
export interface Comparison extends Measured {
  readonly comparedWith: string;
  readonly bare: Sample;
  /** Ours by bare, round by round. */
  readonly ratio: Sample;
}

/** Something that is compared with nothing. */
export interface Report extends Measured {
  readonly bare?: undefined;
}

export type Row = Comparison | Report;

export interface RowSpec extends Pick<Comparison, 'name' | 'comparedWith' | 'unit' | 'bar'> {
  readonly isMet?: (ratio: number, ours: number, bare: number) => boolean;
}

type Measure = () => Promise<number>;

/**
 * Takes rounds of several sides by turns, and returns what each side measured, round by round. Which side goes first
 * moves on with each round, so that drift of the machine falls on all of them.
 */
export async function takeRounds<Side extends string>(
  rounds: number,
  sides: Readonly<Record<Side, Measure>>,
): Promise<Readonly<Record<Side, readonly number[]>>> {
  const names = Object.keys(sides) as Side[];
  const taken = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Side, number[]>;
  for (let round = 0; round < rounds; round += 1) {
    const first = round % names.length;
    for (const name of [...names.slice(first), ...names.slice(0, first)]) taken[name].push(await sides[name]());
  }
  return taken;
}

/** A row whose two sides are measured for nothing else. */
export async function measureRow(spec: RowSpec, rounds: number, ours: Measure, bare: Measure): Promise<Comparison> {
  const taken = await takeRounds(rounds, { ours, bare });
  return compare(spec, taken.ours, taken.bare);
}

/** Makes a row of two sides of the same rounds. */
export function compare({ isMet, ...spec }: RowSpec, ours: readonly number[], bare: readonly number[]): Comparison {
  const ratios = ours.map((value, round) => value / (bare[round] ?? Number.NaN));
  const samples = { ours: sampleOf(ours), bare: sampleOf(bare), ratio: sampleOf(ratios) };
  const met = isMet?.(samples.ratio.median, samples.ours.median, samples.bare.median);
  return { ...spec, ...samples, ...(met !== undefined && { met }) };
}

/** A row of what is compared with nothing. Without a bar it is only reported. */
export function reportRow(
  name: string,
  unit: Report['unit'],
  taken: readonly number[],
  { bar, isMet }: { bar?: string; isMet?: (value: number) => boolean } = {},
): Report {
  const ours = sampleOf(taken);
  return { name, unit, ours, ...(bar !== undefined && isMet && { bar, met: isMet(ours.median) }) };
}
