// How the page looks on screens of all kinds and on paper, in a real browser.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { noBrowser, openPage } from './testing/browser.ts';
import { assertQuiet, moment, rows, storyPage, text } from './testing/story-page.ts';

describe('the look of a replay page', { skip: noBrowser }, () => {
  it('has room on a phone, in dark and in light, with words that can be read', async () => {
    for (const colorScheme of ['light', 'dark'] as const)
      for (const viewport of [
        { width: 390, height: 844 },
        { width: 1440, height: 900 },
      ]) {
        const where = `${colorScheme} ${viewport.width}`;
        const opened = await openPage(await storyPage(), '#event=4', { colorScheme, viewport });
        const found = (await opened.page.evaluate(AUDIT)) as Audit;
        assert.equal(found.sideways, false, `${where}: scrolls sideways`);
        assert.deepEqual(found.faint, [], where);
        assert.deepEqual(found.small, [], where);
        assert.deepEqual(found.nameless, [], where);
        assert.equal(await opened.page.evaluate('document.documentElement.dataset.theme'), colorScheme);
        assertQuiet(opened);
      }
  });

  it('changes its colours, and does not move by itself for who wants no motion', async () => {
    const { page } = await openPage(await storyPage(), '', { reducedMotion: 'reduce' });
    const theme = () => page.evaluate('document.documentElement.dataset.theme');
    await page.click('#theme');
    await page.click('#theme');
    assert.equal(await theme(), 'dark');
    const moving = await page.evaluate('document.getAnimations().length');
    assert.equal(moving, 0);
    assert.equal(await moment(page), '0:00.0');
  });

  it('is printed as a list of all events, under what it is about', async () => {
    const { page } = await openPage(await storyPage());
    assert.equal(await page.title(), 'Replay: 3 workers: shop: Limit the sign-in.');
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    await page.emulateMedia({ media: 'print' });
    assert.equal((await rows(page)).length, 13);
    assert.equal(await page.isVisible('#track'), false);
    assert.match(await text(page, 'task'), /Limit the sign-in/);
    const [first, second] = await page
      .locator('.event')
      .evaluateAll((all) => all.map((row) => row.getBoundingClientRect().top));
    assert.ok((first as number) < (second as number));
  });
});

interface Audit {
  sideways: boolean;
  faint: string[];
  small: string[];
  nameless: string[];
}

/** What a person with weak eyes, big fingers or a screen reader would stumble over. */
const AUDIT = `(() => {
  const rgb = (text) => { const found = /rgba?\\(([^)]+)\\)/.exec(text); if (!found) return null; const [r, g, b, a = 1] = found[1].split(/[ ,/]+/).map(Number); return [r, g, b, a]; };
  const light = (color) => { const [r, g, b] = color.map((value) => (value /= 255) <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const faint = new Set();
  const walker = document.createTreeWalker(document.querySelector('.app'), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { parentElement: node, data } = walker.currentNode;
    if (data.trim() === '' || !node.checkVisibility() || node.closest('option')) continue;
    let back = null;
    for (let each = node; each && !back; each = each.parentElement) { const color = rgb(getComputedStyle(each).backgroundColor); if (color && color[3] > 0) back = color; }
    const front = rgb(getComputedStyle(node).color);
    if (!front || !back) continue;
    const [dark, bright] = [light(front.slice(0, 3)), light(back.slice(0, 3))].sort((a, b) => a - b);
    const contrast = (bright + 0.05) / (dark + 0.05);
    if (contrast < 4.49) faint.add(node.className + ' ' + contrast.toFixed(2) + ' ' + data.slice(0, 20));
  }
  const seen = (selector) => [...document.querySelectorAll(selector)].filter((node) => node.checkVisibility());
  const small = seen('button:not(.mark), select, .switch, .event').filter((node) => node.getBoundingClientRect().height < 24).map((node) => node.id || node.className);
  const name = (node) => node.getAttribute('aria-label') || node.textContent.trim() || (node.labels?.[0]?.textContent ?? '').trim();
  const nameless = seen('button, input, select, [role]').filter((node) => node.getAttribute('aria-hidden') !== 'true' && !name(node)).map((node) => node.outerHTML.slice(0, 80));
  return { sideways: document.documentElement.scrollWidth > innerWidth, faint: [...faint], small, nameless };
})()`;
