// Expected: while 5,000 jobs arrive and end, the page stays quick to whoever types and clicks: nothing he does waits for
// 100 ms until it is dealt with.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RawProducer, type RawOutgoing } from '../../../kafka-render/test/broker/renderctl/raw-producer.ts';
import { openBrowser, WatchedPage } from '../browser.ts';
import { DashboardFarm } from '../dashboard-farm.ts';

const count = 5_000;

/** https://www.w3.org/TR/event-timing/: how long an input waited before the page dealt with it, and how long until it was shown. */
const measure = `
  window.inputs = [];
  new PerformanceObserver((list) => {
    for (const { name, startTime, processingStart, duration } of list.getEntries())
      window.inputs.push({ name, delayMs: processingStart - startTime, durationMs: duration });
  }).observe({ type: 'event', durationThreshold: 16 });
  window.longTasks = [];
  new PerformanceObserver((list) => window.longTasks.push(...list.getEntries().map(({ duration }) => duration)))
    .observe({ type: 'longtask' });
`;

interface Measured {
  readonly inputs: readonly { readonly name: string; readonly delayMs: number; readonly durationMs: number }[];
  readonly longTasks: readonly number[];
}

/** As https://web.dev/articles/inp counts: of each fifty the slowest is the machine's. */
function slowest(values: readonly number[]): number {
  return values.toSorted((a, b) => b - a)[Math.floor(values.length / 50)] ?? 0;
}

function jobsOf(topics: { readonly jobs: string; readonly results: string }): RawOutgoing[] {
  return Array.from({ length: count }, (_, offset) => {
    const job = { jobId: offset, scenePath: `scenes/${offset % 9}.blend`, outputLocation: 'frames/x', numFrames: 5 };
    const place = { 'job-topic': topics.jobs, 'job-partition': '0', 'job-offset': String(offset) };
    return [
      { topic: topics.jobs, value: Buffer.from(JSON.stringify(job)) },
      { topic: topics.results, value: Buffer.from(JSON.stringify({ renderJob: job })), headers: Object.entries(place) },
    ];
  }).flat();
}

test('5,000 jobs arrive and end under the hands of somebody who searches', async (t) => {
  const dashboardFarm = await DashboardFarm.open(t);
  const { farm } = dashboardFarm;
  await using producer = await RawProducer.connect(farm.lab.kafka.bootstrapServers);
  await using dashboard = dashboardFarm.start();
  await using browser = await openBrowser();
  const watched = await WatchedPage.open(browser, await dashboard.address());
  const { page } = watched;
  await page.getByRole('searchbox').waitFor();
  await page.evaluate(measure);
  const records = jobsOf(farm.topics);
  for (let start = 0; start < records.length; start += 1_000) {
    await producer.send(records.slice(start, start + 1_000));
    await page.getByRole('searchbox').pressSequentially(`scenes/${(start / 1_000) % 9}`, { delay: 30 });
    await page.getByRole('button', { name: 'completed' }).click();
    await page.getByRole('button', { name: /^all/ }).click();
    await page.getByRole('searchbox').fill('');
  }
  await page.getByRole('button', { name: `completed ${count}` }).waitFor();
  for (let turn = 0; turn < 5; turn += 1) await page.getByRole('button', { name: 'Older jobs' }).click();
  const { inputs, longTasks } = await page.evaluate<Measured>('({ inputs, longTasks })');
  const delay = slowest(inputs.map(({ delayMs }) => delayMs));
  const shown = slowest(inputs.map(({ durationMs }) => durationMs));
  t.diagnostic(`${inputs.length} inputs: ${delay.toFixed(0)} ms until dealt with, ${shown.toFixed(0)} ms until shown`);
  t.diagnostic(`${longTasks.length} tasks of more than 50 ms, the longest ${Math.max(0, ...longTasks).toFixed(0)} ms`);
  assert.ok(inputs.length > 0, 'no input was measured');
  assert.ok(delay < 100, `an input waited for ${delay} ms`);
  watched.assertHarmless();
});
