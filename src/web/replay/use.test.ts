// The page as a person uses it, in a real browser.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RecordedFrame } from '../../terminal/recording/format.ts';
import { isVerified, noBrowser, openPage, untilTrue } from './testing/browser.ts';
import { answered, asked, recorded, START, Story } from './testing/story.ts';
import {
  assertQuiet,
  counting,
  moment,
  rows,
  shownLane,
  story,
  storyPage,
  text,
} from './testing/story-page.ts';

describe('a replay page', { skip: noBrowser }, () => {
  it('brings the terminal to an event that is picked, and shows what the log holds', async () => {
    const opened = await openPage(await storyPage());
    const { page } = opened;
    await page.locator('.event', { hasText: 'asks: In memory or in Redis?' }).click();
    assert.deepEqual(
      [await moment(page), await text(page, 'screen')].map((each) => each.trim()),
      ['0:08.0', 'a 8'],
    );
    const detail = await text(page, 'detail');
    for (const words of ['worker.transitioned v1', 'RUNNING', 'AWAITING_USER_INPUT', 'computed again here'])
      assert.ok(detail.includes(words), words);
    assert.match(page.url(), /#event=4$/);
    await page.locator('.event', { hasText: 'took over the work of ap_a' }).click();
    assert.equal(await shownLane(page), 1);
    await page.locator('.event', { hasText: 'gets the task: Write the docs.' }).click();
    assert.match(await text(page, 'screen'), /no recording of the terminal of C/);
    assertQuiet(opened);
  });

  it('opens the event that its address names', async () => {
    const { page } = await openPage(await storyPage(), '#event=5');
    assert.match(await text(page, 'detail'), /gets: In Redis\./);
    assert.equal(await moment(page), '10:08.0');
    await page.evaluate("location.hash = '#event=4'");
    await untilTrue(page, "document.querySelector('#detail h2').textContent.startsWith('asks')");
    const { page: other } = await openPage(await storyPage(), '#event=99999');
    assert.equal(await moment(other), '0:00.0');
  });

  it('is used with the keyboard alone', async () => {
    const opened = await openPage(await storyPage());
    const { page } = opened;
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key);
    };
    await press('j', 'j', 'j', 'j');
    assert.match(await text(page, 'detail'), /asks: In memory/);
    await press('k');
    assert.doesNotMatch(await text(page, 'detail'), /asks: In memory/);
    await press('Escape', 'Home', 'ArrowRight');
    assert.equal(await moment(page), '0:05.0');
    await press('Shift+ArrowRight');
    assert.equal((await text(page, 'screen')).trim(), 'a 6');
    await press('ArrowLeft');
    assert.equal(await moment(page), '0:01.0');
    await press('End');
    assert.equal(await moment(page), '10:30.0');
    await press('3');
    assert.equal(await shownLane(page), 2);
    assert.equal(await page.isChecked('#follow'), false);
    await press('t');
    assert.equal(await text(page, 'when'), 'Clock time');
    assert.match(await text(page, 'list'), /09:10:08/);
    await press('>', '>');
    assert.equal(await page.inputValue('#speed'), '4');
    await press('<');
    assert.equal(await page.inputValue('#speed'), '2');
    await press('?');
    assert.equal(await page.locator('#help[open]').count(), 1);
    await press('Escape', 'v');
    assert.match(await text(page, 'chain'), /The chain holds/);
    await press('Escape');
    assert.equal(await page.locator('dialog[open]').count(), 0);
    assertQuiet(opened);
  });

  it('finds words, also those that only the log holds, and kinds of events', async () => {
    const { page } = await openPage(await storyPage());
    await page.keyboard.press('/');
    await page.keyboard.type('redis');
    assert.deepEqual(await rows(page), ['asks: In memory or in Redis?', 'gets: In Redis.']);
    assert.equal(await text(page, 'found'), '2 of 13');
    assert.ok((await page.locator('#list mark').count()) >= 2);
    await page.keyboard.press('Enter');
    assert.match(await text(page, 'detail'), /asks: In memory/);
    await page.fill('#query', 'brief_sha256');
    assert.match(await text(page, 'list'), /brief_sha256":"abab/);
    await page.fill('#query', 'nothing has this');
    assert.match(await text(page, 'list'), /No event has “nothing has this”/);
    await page.press('#query', 'Escape');
    assert.equal((await rows(page)).length, 13);
    await page.locator('.chip', { hasText: 'Questions' }).click();
    assert.deepEqual(await rows(page), ['asks: In memory or in Redis?']);
  });

  it('plays to the end, over a wait of minutes, and follows who works', async () => {
    const { page } = await openPage(await storyPage());
    assert.match(await text(page, 'screen'), /Play \d+ s, 10 min 30 s with idle time/);
    await page.selectOption('#speed', '64');
    await page.click('#play');
    assert.equal(await page.getAttribute('#play', 'aria-label'), 'Pause');
    await untilTrue(page, "document.getElementById('now').textContent === '10:30.0'");
    assert.equal(await page.getAttribute('#play', 'aria-label'), 'Play');
    assert.equal(await shownLane(page), 1);
    assert.equal((await text(page, 'screen')).trim(), 'b 630');
  });

  it('stops where it is told to, and goes as far as the pointer', async () => {
    const { page } = await openPage(await storyPage());
    await page.keyboard.press(' ');
    await untilTrue(page, "document.getElementById('now').textContent > '0:00.5'");
    await page.keyboard.press(' ');
    assert.equal(await page.getAttribute('#play', 'aria-label'), 'Play');
    const box = await page.locator('#track').boundingBox();
    assert.ok(box);
    await page.mouse.click(box.x + box.width - 1, box.y + 100);
    await untilTrue(page, "document.getElementById('now').textContent.startsWith('10:')");
  });

  it('says which run of a worker is shown', async () => {
    const { page } = await openPage(await storyPage(), '#event=5');
    assert.match(await text(page, 'tabs'), /run 2/);
    await page.keyboard.press('Home');
    assert.doesNotMatch(await text(page, 'tabs'), /run 2/);
  });

  it('begins where --since says, and keeps what came before for the chain', async () => {
    const html = await story().page(['ap_a', 'ap_b', 'ap_c'], { from: new Date(START + 600_000) });
    const opened = await openPage(html);
    assert.ok(await isVerified(opened));
    assert.equal((await rows(opened.page))[0], 'gets: In Redis.');
    assert.equal(await text(opened.page, 'found'), '9');
    assert.match(await text(opened.page, 'tabs'), /asks/);
    await opened.page.keyboard.press('v');
    assert.match(await text(opened.page, 'chain'), /4 events of them happened before the time that is shown/);
  });

  it('stays usable with thousands of events, and draws only those in view', async () => {
    const long = new Story().begun(0, 'ap_a');
    for (let turn = 0; turn < 40; turn++)
      long.at(
        10 + turn * 10,
        'ap_a',
        ...Array.from({ length: 60 }, (_, index) => [
          asked(`Question ${turn}-${index}?`),
          answered(`Answer ${turn}-${index}.`),
        ]).flat(),
      );
    const frames = Array.from(
      { length: 4000 },
      (_, index): RecordedFrame => [index * 100, [[index % 24, `line ${index} ${'x'.repeat(60)}`]]],
    );
    const opened = await openPage(
      await long.page(['ap_a'], { recordings: { ap_a: recorded('ap_a', 0, frames) } }),
    );
    const { page } = opened;
    assert.ok(await isVerified(opened));
    assert.equal(await text(page, 'found'), '4803');
    const nodes = () => page.evaluate("document.querySelectorAll('*').length") as Promise<number>;
    assert.ok((await nodes()) < 4000, String(await nodes()));
    await page.keyboard.press('End');
    await untilTrue(
      page,
      "[...document.querySelectorAll('.event')].some((row) => row.textContent.includes('Answer 39-59.'))",
    );
    await page.keyboard.press('/');
    await page.keyboard.type('Question 20-30?');
    await page.keyboard.press('Enter');
    assert.match(await text(page, 'detail'), /Question 20-30\?/);
    await page.keyboard.press('/');
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('.event[aria-selected=true]').count(), 1);
    assert.ok((await nodes()) < 4000);
    assertQuiet(opened);
  });

  it('says at the top that parts are left out, and which', async () => {
    const late = { ap_a: recorded('ap_a', 120, counting(120, 122, 'a')) };
    const html = await story().page(['ap_a'], { recordings: late, notes: ['Two workers are left out.'] });
    const { page } = await openPage(html);
    await page.click('#partial');
    const said = await text(page, 'chain');
    assert.match(said, /Two workers are left out\./);
    assert.match(said, /The recording of A ap_a begins at 2026-03-04 09:02:00/);
    const { page: whole } = await openPage(await storyPage());
    assert.equal(await whole.isVisible('#partial'), false);
  });

  it('can be opened with nothing to show', async () => {
    const opened = await openPage(await new Story().page(['ap_none']));
    assert.match(await text(opened.page, 'list'), /This page has no events/);
    for (const key of [' ', 'j', 'k', 'End', 'ArrowRight', 'Shift+ArrowRight', 'z', 't', 'v'])
      await opened.page.keyboard.press(key);
    assertQuiet(opened);
  });
});
