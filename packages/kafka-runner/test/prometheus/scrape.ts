import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseTextFormat, type Family, type Labels, type Sample } from './text-format.ts';

/** What a scrape has said. */
export class Scrape {
  readonly families: readonly Family[];

  constructor(text: string) {
    this.families = parseTextFormat(text);
  }

  /** As Prometheus would. */
  static async of(url: string): Promise<Scrape> {
    const response = await fetch(`${url}/metrics`);
    assert.equal(response.status, 200);
    assert.match(response.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
    return new Scrape(await response.text());
  }

  /** The first scrape that shows it: a counter may be behind a topic by the moment in which the worker hears of its commit. */
  static async when(url: string, isSeen: (scrape: Scrape) => boolean): Promise<Scrape> {
    for (const giveUpAt = performance.now() + 10_000; ; await sleep(50)) {
      const scrape = await Scrape.of(url);
      if (isSeen(scrape)) return scrape;
      assert.ok(performance.now() < giveUpAt, 'it was never seen');
    }
  }

  /** The sum of all series of a counter or gauge that bear these labels, or the count of a histogram; undefined: there is none. */
  value(name: string, labels: Labels = {}): number | undefined {
    return sumOf(this.#samples(name, labels, '_count'));
  }

  /** The sum of what a histogram has seen. */
  sum(name: string, labels: Labels = {}): number {
    return sumOf(this.#samples(name, labels, '_sum')) ?? 0;
  }

  /** The values of a label, in order. */
  values(name: string, label: string): string[] {
    return [...new Set(this.#samples(name, {}, '_count').map(({ labels }) => labels[label] ?? ''))].toSorted();
  }

  #samples(name: string, wanted: Labels, ofHistogram: string): Sample[] {
    const family = this.families.find((one) => one.name === name);
    assert.ok(family, `there is no metric ${name}`);
    const series = family.type === 'histogram' ? name + ofHistogram : name;
    const isWanted = ({ labels }: Sample): boolean =>
      Object.entries(wanted).every(([label, value]) => labels[label] === value);
    return family.samples.filter((sample) => sample.name === series && isWanted(sample));
  }
}

function sumOf(samples: readonly Sample[]): number | undefined {
  return samples.length === 0 ? undefined : samples.reduce((sum, { value }) => sum + value, 0);
}
