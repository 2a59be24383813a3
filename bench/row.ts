import { sampleOf, type Sample } from './statistics.ts';

/** One comparison: ours against the bare thing, both measured in the same run, by turns. */
export interface Comparison {
  readonly name: string;
  readonly comparedWith: string;
  readonly unit: 'ms' | 'jobs/s' | 'MB' | '% of a core';
  readonly ours: Sample;
  readonly bare: Sample;
  /** Ours by bare, round by round. */
  readonly ratio: Sample;
  readonly bar: string;
  readonly met: boolean;
}

/** Something that is reported, and compared with nothing. */
export interface Report extends Pick<Comparison, 'name' | 'unit' | 'ours'> {
  readonly bare?: undefined;
}

export type Row = Comparison | Report;

export interface Round {
  readonly ours: number;
  readonly bare: number;
}

export interface RowSpec extends Pick<Comparison, 'name' | 'comparedWith' | 'unit' | 'bar'> {
  readonly isMet: (ratio: number, ours: number, bare: number) => boolean;
}

/** Takes rounds by turns: which of the two sides goes first alternates, so that drift of the machine falls on both. */
export async function measureRow(
  spec: RowSpec,
  rounds: number,
  ours: () => Promise<number>,
  bare: () => Promise<number>,
): Promise<Comparison> {
  const taken: Round[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const oursFirst = round % 2 === 0;
    const first = await (oursFirst ? ours() : bare());
    const second = await (oursFirst ? bare() : ours());
    taken.push(oursFirst ? { ours: first, bare: second } : { ours: second, bare: first });
  }
  return toRow(spec, taken);
}

/** Measurements that are only reported. */
export function reportRow(name: string, unit: Comparison['unit'], taken: readonly number[]): Report {
  return { name, unit, ours: sampleOf(taken) };
}

function toRow({ isMet, ...spec }: RowSpec, rounds: readonly Round[]): Comparison {
  const ours = sampleOf(rounds.map((round) => round.ours));
  const bare = sampleOf(rounds.map((round) => round.bare));
  const ratio = sampleOf(rounds.map((round) => round.ours / round.bare));
  return { ...spec, ours, bare, ratio, met: isMet(ratio.median, ours.median, bare.median) };
}
