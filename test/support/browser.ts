import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll } from 'vitest';

// Debian's own, which scripts/test installs; root may only run it without its sandbox.
const LAUNCH = { executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-dev-shm-usage'] };

/** A page and what went wrong on it. */
export interface Tab {
  readonly page: Page;
  /** Everything that a page of ours may not do: throw, write an error to its log, break its policy, ask for what is not there. */
  readonly complaints: readonly string[];
}

/** What a tab looks like; a desk by default. */
export interface TabOptions {
  readonly width?: number;
  readonly height?: number;
  readonly dark?: boolean;
  readonly locale?: string;
  readonly timezone?: string;
}

/** One headless Chromium for a test file, started when first asked for. To be called once, at its top. */
export function chromiumTabs(): (address: string, options?: TabOptions) => Promise<Tab> {
  let starting: Promise<Browser> | undefined;
  afterAll(async () => {
    await (await starting)?.close();
  });
  return async (address, { width = 1280, height = 900, dark = false, locale = 'en-GB', timezone = 'UTC' } = {}) => {
    starting ??= chromium.launch(LAUNCH);
    const context = await (await starting).newContext({
      viewport: { width, height },
      colorScheme: dark ? 'dark' : 'light',
      locale,
      timezoneId: timezone,
    });
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    const complaints: string[] = [];
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('requestfailed', (request) => {
      // The stream of changes ends whenever the page is left.
      if (!request.url().endsWith('/api/changes')) complaints.push(`${request.url()} ${request.failure()?.errorText}`);
    });
    await page.goto(address);
    return { page, complaints };
  };
}
