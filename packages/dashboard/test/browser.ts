import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';

/** Pictures of the pages, for people: not part of the repository. */
const pictures = path.join(import.meta.dirname, '../../../out/dashboard');

const axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');

/** Debian's Chromium. In a container, and as root, its own sandbox does not work; it sees only our own page. */
export async function openBrowser(): Promise<Browser> {
  return await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
}

/** A page, and everything that it did which no page of ours may do. */
export class WatchedPage {
  readonly page: Page;
  readonly #origin: string;
  readonly #faults: string[] = [];

  private constructor(page: Page, origin: string) {
    this.page = page;
    this.#origin = origin;
    page.setDefaultTimeout(60_000);
    page.on('pageerror', (error) => this.#faults.push(`thrown: ${error.message}`));
    page.on('dialog', (dialog) => {
      this.#faults.push(`a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(`${this.#origin}/`)) this.#faults.push(`a request to ${request.url()}`);
    });
    page.on('console', (message) => {
      // Of answers that are no success, and of a server that is away, the browser tells by itself.
      const isOfNetwork = message.text().startsWith('Failed to load resource');
      if (message.type() === 'error' && !isOfNetwork) this.#faults.push(`on the console: ${message.text()}`);
    });
  }

  static async open(browser: Browser, address: string): Promise<WatchedPage> {
    const context = await browser.newContext({ viewport: { width: 1_200, height: 800 } });
    const watched = new WatchedPage(await context.newPage(), new URL(address).origin);
    await watched.page.goto(address);
    return watched;
  }

  async visit(hash: string): Promise<void> {
    await this.page.goto(`${this.#origin}/#${hash}`);
    await this.page.getByRole('heading', { level: 1 }).waitFor();
  }

  async picture(name: string): Promise<void> {
    await this.page.screenshot({ path: path.join(pictures, `${name}.png`) });
  }

  /** By axe, in both colour schemes; `name`: of the pictures. */
  async assertAccessible(name: string): Promise<void> {
    for (const colorScheme of ['light', 'dark'] as const) {
      await this.page.emulateMedia({ colorScheme });
      // As a debugger: the policy of the page lets no script of a test in.
      const found = await this.page.evaluate(`${axe}; axe.run(document, { resultTypes: ['violations'] })`);
      const { violations } = found as { violations: readonly { id: string; impact: string; nodes: unknown[] }[] };
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
      assert.deepEqual(serious, [], `${name}, ${colorScheme}`);
      await this.picture(`${name}-${colorScheme}`);
    }
  }

  assertHarmless(): void {
    assert.deepEqual(this.#faults, []);
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}
