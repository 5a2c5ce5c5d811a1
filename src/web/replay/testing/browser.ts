import { accessSync, constants, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { after } from 'node:test';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { temporaryFolder } from '../../../lib/testing/processes.ts';
import { until } from '../../../lib/testing/until.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome'];
const APPS = ['Chromium', 'Google Chrome'].map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`);

/** The program of a Chromium: AGENTPOOL_CHROMIUM, else one of the usual names; null if there is none. */
function program(): string | null {
  const named = process.env.AGENTPOOL_CHROMIUM;
  const inPath = (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return [...(named ? [named] : []), ...inPath, ...APPS].find(mayRun) ?? null;
}

function mayRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Why the tests of pages are skipped; false where there is a Chromium. */
export const noBrowser: string | false =
  program() === null && 'no Chromium was found: install chromium, or name one in AGENTPOOL_CHROMIUM';

let started: Promise<Browser> | null = null;
let shown: Promise<Page> | null = null;
// At the top: within a test it would end the browser with that test.
after(async () => (await started)?.close());

/** One browser for a test file, ended with it. */
function browser(): Promise<Browser> {
  if (!started) {
    // Chromium refuses its sandbox to root.
    const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    started = chromium.launch({ executablePath: program() ?? '', args });
  }
  return started;
}

/** The one page of a test file: a window for each test takes more processor time than all that is done in it. */
async function emptyPage(): Promise<Page> {
  shown ??= browser().then((each) => each.newPage());
  const page = await shown;
  // What the former test left open says nothing to this one.
  for (const event of ['request', 'pageerror', 'console', 'dialog']) page.removeAllListeners(event);
  await page.goto('about:blank');
  return page;
}

export interface Look {
  viewport?: { width: number; height: number };
  colorScheme?: 'light' | 'dark';
  reducedMotion?: 'reduce' | 'no-preference';
}

export interface Opened {
  page: Page;
  /** Every request besides that for the page itself. */
  requests: string[];
  /** What the browser refused, and errors of the page. */
  errors: string[];
  /** Dialogs that a script has opened. */
  dialogs: string[];
}

/** Opens a page from a file, as a person does, in place of the former one, and waits until it has verified its events. */
export async function openPage(
  html: string,
  hash = '',
  {
    viewport = { width: 1440, height: 900 },
    colorScheme = 'light',
    reducedMotion = 'no-preference',
  }: Look = {},
): Promise<Opened> {
  const file = join(temporaryFolder(), 'replay.html');
  writeFileSync(file, html);
  const page = await emptyPage();
  await page.setViewportSize(viewport);
  await page.emulateMedia({ media: null, colorScheme, reducedMotion });
  const opened: Opened = { page, requests: [], errors: [], dialogs: [] };
  const url = pathToFileURL(file).href;
  page.on('request', (request) => {
    if (request.url().split('#')[0] !== url) opened.requests.push(request.url());
  });
  page.on('pageerror', ({ message }) => opened.errors.push(message));
  page.on('console', (message) => {
    if (message.type() === 'error') opened.errors.push(message.text());
  });
  page.on('dialog', (dialog) => {
    opened.dialogs.push(dialog.message());
    dialog.dismiss().catch(() => {});
  });
  await page.goto(url + hash);
  await untilTrue(page, "document.getElementById('badge').dataset.state !== 'checking'");
  return opened;
}

/** Waits for a condition. (Playwright's own way evaluates a text within the page, which its policy refuses.) */
export const untilTrue = (page: Page, condition: string): Promise<true> =>
  until(condition, async () => ((await page.evaluate(`Boolean(${condition})`)) === true ? true : null));

/** What the badge says of the chain. */
export const badge = ({ page }: Opened): Promise<string> =>
  page.evaluate("document.getElementById('badge-text').textContent");

export const isVerified = async ({ page }: Opened): Promise<boolean> =>
  (await page.evaluate("document.getElementById('badge').dataset.state")) === 'ok';
