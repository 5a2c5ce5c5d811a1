import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { RecordedFrame } from '../../../terminal/recording/format.ts';
import type { Opened } from './browser.ts';
import { answered, asked, completed, recorded, requested, Story, started } from './story.ts';

/** Frames that say the second they are of, one each second from `from` to `to`. */
export const counting = (from: number, to: number, name: string): RecordedFrame[] =>
  Array.from(
    { length: to - from + 1 },
    (_, index): RecordedFrame => [index * 1000, [[0, `${name} ${from + index}`]]],
  );

/** A worker that asks, waits for ten minutes, goes on and hands over to another, and one without a recording. */
export const story = () =>
  new Story()
    .begun(0, 'ap_a', 'Limit the sign-in.')
    .at(8, 'ap_a', asked('In memory or in Redis?'))
    .at(608, 'ap_a', answered('In Redis.'))
    .begun(610, 'ap_c', 'Write the docs.')
    .at(620, 'ap_a', { type: 'worker.handed_over', data: { state: 'RUNNING', successor: 'ap_b' } })
    .at(620.1, 'ap_b', requested('ap_b', 'Limit the sign-in.'))
    .at(620.2, 'ap_b', {
      type: 'worker.took_over',
      data: { state: 'STARTING', predecessor: 'ap_a', brief_sha256: 'ab'.repeat(32) },
    })
    .at(620.5, 'ap_b', started)
    .at(630, 'ap_b', { ...completed, data: { ...completed.data, from: 'READY' } } as typeof completed);

export const storyPage = () =>
  story().page(['ap_a', 'ap_b', 'ap_c'], {
    recordings: {
      ap_a:
        recorded('ap_a', 1, counting(1, 9, 'a')) + recorded('ap_a', 608, counting(608, 620, 'a'), { run: 2 }),
      ap_b: recorded('ap_b', 621, counting(621, 630, 'b')),
    },
  });

export const text = async (page: Page, id: string): Promise<string> =>
  String(await page.evaluate(`document.getElementById('${id}').innerText`));
export const moment = (page: Page) => text(page, 'now');
export const rows = (page: Page): Promise<string[]> =>
  page.evaluate(
    "[...document.querySelectorAll('#list .event')].map((row) => row.querySelector('.says').textContent)",
  );
export const shownLane = (page: Page): Promise<number> =>
  page.evaluate(
    "[...document.querySelectorAll('#tabs .tab')].findIndex((tab) => tab.ariaChecked === 'true')",
  );
export const assertQuiet = ({ errors, requests }: Opened): void =>
  assert.deepEqual([errors, requests], [[], []]);
