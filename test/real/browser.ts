import assert from 'node:assert/strict';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { TestContext } from 'node:test';
import axe, { type AxeResults } from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** How long the browser may take for anything; generous, since it only decides when a test fails. */
const DEADLINE_MS = 60_000;

export const WIDE = { width: 1280, height: 900 };
export const PHONE = { width: 390, height: 844 };

/** @throws AssertionError when Chromium is not installed */
function chromiumPath(): string {
  const paths = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'chromium'));
  const found = paths.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
  assert.ok(found, 'chromium is missing: run .ci/programs first');
  return found;
}

/** Starts Chromium. Its sandbox cannot be used by root, as in containers. */
export async function startBrowser(): Promise<Browser> {
  return await chromium.launch({
    executablePath: chromiumPath(),
    args: ['--no-sandbox'],
    timeout: DEADLINE_MS,
  });
}

/** A page, with all that it complained about. */
export interface WatchedPage {
  readonly page: Page;
  /** Errors of scripts, messages on the console, requests that failed or left for another host, broken policies. */
  readonly complaints: readonly string[];
}

/** Opens a page; unless `options` say otherwise wide and light. */
export async function openPage(
  t: TestContext,
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: WIDE, ...options });
  t.after(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(DEADLINE_MS);
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    const target = request.url();
    if (!target.startsWith(new URL(url).origin) && !target.startsWith('data:'))
      complaints.push(`request: ${target}`);
  });
  await page.addInitScript(
    `document.addEventListener('securitypolicyviolation', (event) =>
      console.error('policy: ' + event.violatedDirective + ' ' + event.blockedURI));`,
  );
  const answer = await page.goto(url);
  assert.equal(answer?.status(), 200);
  return { page, complaints };
}

/** What axe finds wrong with a page, in a line each. */
export async function axeFindings(page: Page): Promise<string[]> {
  // Evaluated from outside, so that the page's policy does not hold it off.
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<AxeResults>('axe.run()');
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ target }) => `${id}: ${help}: ${target}`));
}

/** Whether something is wider than the window. */
export const isTooWide = (page: Page) =>
  page.evaluate<boolean>('document.documentElement.scrollWidth > document.documentElement.clientWidth');
