// Makes the pictures of docs/replay.md: node --import tsx scripts/pictures/replay.ts (after npm run build)
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { demoHome, workFromStartToEnd } from './demo.ts';

/** Runs in the page; as text, since these scripts are checked without the types of a browser. */
const SCROLL_TO_SELECTED = `(list) => {
  const row = list.querySelector('[aria-selected=true]');
  if (row) list.scrollTop += row.getBoundingClientRect().top - list.getBoundingClientRect().top;
}`;

const folder = 'docs/images';
const executablePath = process.env.AGENTPOOL_CHROMIUM ?? '/usr/bin/chromium';

interface Picture {
  name: string;
  /** The event that is picked. */
  event: string;
  /** The kinds of events that the list shows; left out: all. */
  kinds?: readonly string[];
  options: BrowserContextOptions;
}

const screen = { width: 1440, height: 900 };
const pictures: readonly Picture[] = [
  { name: 'replay.png', event: 'a limit: ', options: { viewport: screen, colorScheme: 'light' } },
  {
    name: 'replay-dark.png',
    event: 'saw completed',
    kinds: ['Questions', 'Answers', 'Limits', 'Ends'],
    options: { viewport: screen, colorScheme: 'dark' },
  },
  {
    name: 'replay-phone.png',
    event: 'asks: ',
    options: { viewport: { width: 390, height: 844 }, colorScheme: 'dark', deviceScaleFactor: 2 },
  },
];

const demo = demoHome();
const browser = await chromium.launch({
  executablePath,
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
try {
  const worker = workFromStartToEnd(demo);
  const file = join(demo.ground, 'replay.html');
  console.log(demo.agentpool('replay', worker, '--chain', '--html', file).trimEnd());
  mkdirSync(folder, { recursive: true });
  for (const { name, event, kinds = [], options } of pictures) {
    const page = await (await browser.newContext({ ...options, timezoneId: 'UTC' })).newPage();
    await page.goto(pathToFileURL(file).href);
    await page.locator('#badge[data-state=ok]').waitFor();
    for (const kind of kinds) await page.locator('.chip', { hasText: kind }).click();
    await show(page, event);
    await page.screenshot({ path: join(folder, name) });
    console.log(join(folder, name));
  }
} finally {
  await browser.close();
  demo.end();
}

/** Picks an event, and scrolls so far that it comes first: what is above it names folders of this machine. */
async function show(page: Page, event: string): Promise<void> {
  await page.locator('.event', { hasText: event }).first().click();
  await page.mouse.move(0, 0);
  await page.locator('#list').evaluate(SCROLL_TO_SELECTED);
}
