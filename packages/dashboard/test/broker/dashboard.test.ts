// Expected: a person with a browser watches a job from its submission to its last frame, learns why another one failed and
// sends it again, cancels a third one, and loses sight of nothing when the dashboard goes away and comes back. What
// strangers write into topics is shown as the text that it is. No page has a serious fault for those who use the keyboard
// or cannot see it well.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { openBrowser, WatchedPage } from '../browser.ts';
import { DashboardFarm } from '../dashboard-farm.ts';

async function untilShown(page: Page, text: string | RegExp): Promise<void> {
  await page.getByText(text).first().waitFor();
}

/** In the browser: so many thumbnails are there and decoded. */
function picturesAre(count: number): string {
  return `(() => {
    const images = [...document.querySelectorAll('.frames img')];
    return images.length === ${count} && images.every((image) => image.complete && image.naturalWidth > 0);
  })()`;
}

/** By the debugger: the policy of the page lets no text become a program. */
async function untilTrue(page: Page, expression: string): Promise<void> {
  const giveUpAt = performance.now() + 60_000;
  while (!(await page.evaluate(expression))) {
    if (performance.now() > giveUpAt) throw new Error(`not true: ${expression}`);
    await sleep(50);
  }
}

async function withPage(
  browser: Browser,
  address: string,
  act: (watched: WatchedPage) => Promise<void>,
): Promise<void> {
  const watched = await WatchedPage.open(browser, address);
  try {
    await act(watched);
  } catch (error) {
    await watched.picture('failed-test');
    throw error;
  }
  watched.assertHarmless();
  await watched.close();
}

test('the dashboard in a browser', async (t) => {
  const dashboardFarm = await DashboardFarm.open(t);
  const { farm } = dashboardFarm;
  const [counter, noCamera] = await Promise.all([farm.putScene('counter'), farm.putScene('no-camera')]);
  await using browser = await openBrowser();
  await using resources = new AsyncDisposableStack();
  const dashboard = resources.use(dashboardFarm.start());
  const address = await dashboard.address();
  const { origin } = new URL(address);

  await t.test('a job from its submission to its last frame', async () => {
    await withPage(browser, address, async (watched) => {
      const { page } = watched;
      await untilShown(page, 'There is no such job.');
      assert.equal(new URL(page.url()).hash, '#/jobs', 'the token is still in the address');
      await farm.send(farm.job({ jobId: 41, scenePath: counter, startFrame: 5, numFrames: 4 }));
      await page.getByRole('row', { name: /^41 queued .*counter\.blend 5–8/ }).waitFor();
      await page.getByRole('link', { name: '41', exact: true }).click();
      await untilShown(page, 'No frame is there yet.');
      resources.use(dashboardFarm.startWorker());
      await page.getByText('frame 8', { exact: true }).waitFor();
      await page.locator('article .badge.completed').waitFor();
      await untilTrue(page, picturesAre(4));
      for (const phase of ['queued', 'staged', 'rendered', 'uploaded']) await untilShown(page, phase);
      await watched.assertAccessible('job');
    });
  });

  await t.test('a job that failed: why, what to do, and once more', async () => {
    await withPage(browser, address, async (watched) => {
      const { page } = watched;
      await farm.send(farm.job({ jobId: 42, scenePath: noCamera }));
      await page.getByRole('link', { name: '42', exact: true }).click();
      await page.locator('.badge.failed').waitFor();
      await untilShown(page, 'A scene that is rendered has no camera.');
      await untilShown(page, 'Add one.');
      // By the keyboard alone.
      await page.getByRole('button', { name: 'Send again' }).focus();
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').waitFor();
      await watched.assertAccessible('job-failed');
      await page.keyboard.press('Escape');
      // Not only hidden: faster than any hand, the next key would come before the page has heard of the end of the dialog.
      await page.locator('dialog').waitFor({ state: 'detached' });
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').getByRole('button', { name: 'Send it again' }).click();
      await untilShown(page, 'This job was sent again.');
      await watched.visit('/jobs');
      await page.getByRole('searchbox').fill('NO-CAMERA');
      await page
        .getByRole('row', { name: /^42 rejected/ })
        .nth(1)
        .waitFor();
      await page.getByRole('row', { name: /^41 / }).waitFor({ state: 'detached' });
      const jobs = (await farm.kafka.read([farm.topics.jobs], 3))[farm.topics.jobs];
      assert.equal(jobs?.[2]?.headers['retry-of'], `${farm.topics.jobs}/0@1`);
      assert.equal(jobs[2].value, jobs[1]?.value);
    });
  });

  await t.test(
    'a job that renders: how far it is, who is at it, and its end by an order, with the token only',
    async () => {
      // Without the token, which the address holds.
      await withPage(browser, origin, async (watched) => {
        const { page } = watched;
        const [offset] = await farm.send(farm.job({ jobId: 43, scenePath: await farm.putScene('slow') }));
        await page.getByRole('link', { name: '43', exact: true }).click();
        await untilShown(page, /^frame 7(, sample \d+ of \d+)?$/);
        await untilShown(page, 'rendering');
        await watched.assertAccessible('job-rendering');
        await watched.visit('/workers');
        await page.getByRole('row', { name: /-\d+ running 1 of \d+ \d+/ }).waitFor();
        await watched.assertAccessible('workers');
        await watched.visit(`/jobs/0/${offset}`);
        await page.getByRole('button', { name: 'Cancel' }).click();
        const dialog = page.getByRole('dialog');
        await dialog.getByLabel('Token').fill('0123456789abcdef');
        await dialog.getByRole('button', { name: 'Cancel the job' }).click();
        await dialog.getByRole('alert').waitFor();
        await dialog.getByLabel('Token').fill(new URL(address).hash.replace('#token=', ''));
        await dialog.getByRole('button', { name: 'Cancel the job' }).click();
        await untilShown(page, 'The order to cancel it was sent.');
        await page.locator('article .badge.cancelled').waitFor();
        await untilShown(page, 'cancelled in the dashboard');
        const topic = dashboardFarm.controlTopic;
        const [order, ...others] = (await farm.kafka.read([topic], 1))[topic] ?? [];
        assert.deepEqual(others, [], 'an order with a wrong token was sent');
        assert.equal(order?.key, `${farm.topics.jobs}-0-${offset}`);
      });
    },
  );

  await t.test('throughput and lag', async () => {
    await withPage(browser, address, async (watched) => {
      const { page } = watched;
      await watched.visit('/activity');
      await page.getByRole('img', { name: /Lag/ }).waitFor();
      await watched.assertAccessible('activity');
      await page.getByRole('button', { name: 'Week' }).click();
      await untilShown(page, 'each 168 min');
    });
  });

  await t.test('what strangers write', async () => {
    await withPage(browser, address, async (watched) => {
      const { page } = watched;
      const markup = `<img src=x onerror=alert(1)><script>alert(2)</script><a href="javascript:alert(3)">x</a>`;
      const long = 'a'.repeat(300_000);
      const offsets = await farm.kafka.send(farm.topics.jobs, [
        JSON.stringify(farm.job({ jobId: markup, scenePath: `scenes/\u202e${markup}.blend` })),
        JSON.stringify(farm.job({ jobId: `z${long}`, scenePath: long, outputLocation: long })),
        Buffer.from([0xff, 0x00, 0x1b, 0x5b]),
      ]);
      const place = { topic: farm.topics.jobs, partition: 0, offset: offsets[0] };
      await dashboardFarm.tell({ kind: 'worker', state: markup, worker: markup, version: markup, partitions: markup });
      await dashboardFarm.tell({
        kind: 'job',
        ...place,
        state: 'failed',
        worker: markup,
        code: markup,
        message: markup,
      });
      await page.getByRole('link', { name: markup }).waitFor();
      await page.getByText('\\u202e').first().waitFor();
      assert.ok((await page.content()).length < 100_000);
      await watched.assertAccessible('jobs');
      for (const offset of offsets) await watched.visit(`/jobs/0/${offset}`);
      await watched.visit('/workers');
      await page.getByRole('rowheader', { name: markup }).waitFor();
      assert.equal(await page.locator('main img, main script').count(), 0);
    });
  });

  await t.test('on a small screen', async () => {
    await withPage(browser, address, async (watched) => {
      await watched.page.setViewportSize({ width: 360, height: 700 });
      for (const hash of ['/jobs', '/jobs/0/0', '/workers', '/activity']) {
        await watched.visit(hash);
        const overhang = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
        assert.equal(await watched.page.evaluate(overhang), 0, hash);
      }
      await watched.picture('small');
    });
  });

  await t.test('the connection is lost, and comes back', async () => {
    await withPage(browser, address, async (watched) => {
      const { page } = watched;
      await page.getByText('live', { exact: true }).waitFor();
      await page.getByRole('link', { name: '41', exact: true }).waitFor();
      await dashboard.kill();
      await untilShown(page, 'connection lost');
      // What is known stays in sight.
      assert.ok(await page.getByRole('link', { name: '41', exact: true }).isVisible());
      await farm.send(farm.job({ jobId: 44, scenePath: noCamera }));
      const again = resources.use(dashboardFarm.start());
      await again.address();
      await page.getByText('live', { exact: true }).waitFor();
      await page.getByRole('link', { name: '44', exact: true }).waitFor();
      assert.equal(await again.stop(), 0);
    });
  });
});
