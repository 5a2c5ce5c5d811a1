// What workers print and what strangers change, in a real browser: nothing of it runs, and no request leaves the page.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import type { StoredEvent } from '../../events/event.ts';
import { chainHash } from '../../events/store/hash.ts';
import { type PageParts, replayPage } from '../../report/replay/page.ts';
import type { RecordedFrame } from '../../terminal/recording/format.ts';
import { badge, isVerified, noBrowser, type Opened, openPage } from './testing/browser.ts';
import { answered, asked, completed, recorded, Story, tampered } from './testing/story.ts';

const HOSTILE = [
  '</script><script>window.pwned=1</script>',
  '<img src="https://example.invalid/a.png" onerror="window.pwned=2">',
  '"><svg onload=window.pwned=3>',
  "');window.pwned=4;//",
  '<!--<script>window.pwned=5',
  '&lt;script&gt;window.pwned=6&lt;/script&gt;',
  '\u001b]8;;https://example.invalid\u0007link\u001b]8;;\u0007',
  '\u001b[2J\u001b]0;title\u0007\u009b31m',
  'javascript:window.pwned=7',
  '\u202e\u2066reversed\u2069',
  'null\u0000byte',
  `\${window.pwned=8}{{constructor.constructor("window.pwned=9")()}}`,
  '%SCRIPT%<!-- data and script -->$&$`',
  '\ud800lone',
  '__proto__',
].join(' ');

const FRAMES: RecordedFrame[] = [
  [0, [[0, HOSTILE, [[0, 20, 1, 'red;background:url(https://example.invalid)' as string, '#00ff00']]]]],
  [100, [[1, 'x'.repeat(200_000)]]],
  [200, [[2, `e${'\u0301'.repeat(5000)}`, [[-5, 1e9, 255, '__proto__', 'constructor']]]]],
  [
    300,
    [
      [9999, 'below'],
      [-1, 'above'],
      ['3', 'text'] as unknown as [number, string],
      null as unknown as [number, string],
    ],
  ],
  [400, [[3, 'مرحبا \u202eabc שלום']], [1e9, -5]],
];

const hostileStory = () =>
  new Story()
    .begun(0, 'ap_a', HOSTILE)
    .at(2, 'ap_a', asked(HOSTILE, [HOSTILE, HOSTILE]))
    .at(4, 'ap_a', answered(HOSTILE))
    .at(6, 'ap_a', {
      type: 'worker.lost',
      data: { state: 'LOST', reason: HOSTILE },
    });

const hostileParts = () =>
  hostileStory().parts(['ap_a'], {
    recordings: {
      ap_a:
        recorded('ap_a', 0.5, FRAMES) +
        '{"__proto__":{"pwned":10}}\n[50,[[0,"x",{"length":1e9}]]]\n[1e999,[]]\nnot json </script>\n' +
        recorded('ap_a', 3, FRAMES, { cols: 10_000, rows: 10_000 }),
    },
    notes: [HOSTILE],
  });

/** That a page is what it was made as: nothing ran, nothing was asked for, no node came from data. */
async function assertHarmless({ page, requests, dialogs }: Opened): Promise<void> {
  const found = await page.evaluate(`({
    pwned: window.pwned ?? null,
    polluted: ({}).pwned ?? null,
    scripts: [...document.scripts].filter((each) => !each.type).length,
    foreign: document.querySelectorAll('img, iframe, object, embed, link, a, base, video, [onerror], [onload]').length,
    title: document.title,
  })`);
  assert.deepEqual(
    { ...(found as object), title: '' },
    { pwned: null, polluted: null, scripts: 1, foreign: 0, title: '' },
  );
  assert.match((found as { title: string }).title, /^Replay: shop: /);
  assert.deepEqual(requests, []);
  assert.deepEqual(dialogs, []);
}

const screenText = (page: Page): Promise<string> =>
  page.evaluate("document.getElementById('screen').textContent");

describe('a hostile worker on a page', { skip: noBrowser }, () => {
  it('does nothing, wherever its words are shown', async () => {
    const opened = await openPage(await replayPage(await hostileParts()));
    const { page, errors } = opened;
    assert.ok(await isVerified(opened), await badge(opened));
    await assertHarmless(opened);
    for (const key of ['End', 'Home', 'j', 'j', 'j', 'j', 'j', 'j', 'k', 't', 't', 'z', 'z', 'i', 'v'])
      await page.keyboard.press(key);
    assert.match((await page.textContent('#chain')) ?? '', /Not in this page/);
    await page.keyboard.press('Escape');
    await page.keyboard.press('/');
    await page.keyboard.type('<img src=');
    await page.keyboard.press('Enter');
    assert.match(
      (await page.textContent('#detail')) ?? '',
      /<img src="https:\/\/example\.invalid\/a\.png" onerror=/,
    );
    assert.ok((await page.locator('#list mark').count()) > 0);
    await assertHarmless(opened);
    assert.deepEqual(errors, []);
  });

  it('is shown as text: its words are on the screen, and nothing orders them anew', async () => {
    const opened = await openPage(await replayPage(await hostileParts()), '#event=5');
    const text = await screenText(opened.page);
    assert.match(text, /<\/script><script>window\.pwned=1<\/script>/);
    assert.doesNotMatch(text, /[\u0000-\u0008\u001b\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    const shown = await opened.page.evaluate(
      "['list', 'detail', 'task'].map((id) => document.getElementById(id).textContent).join('')",
    );
    assert.doesNotMatch(String(shown), /[\u0000-\u0008\u001b\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    const direction = await opened.page.evaluate(
      "getComputedStyle(document.querySelector('.row')).unicodeBidi",
    );
    assert.equal(direction, 'bidi-override');
  });

  it('leaves no < of its own in the file', async () => {
    const html = await replayPage(await hostileParts());
    const data = html.slice(html.indexOf('id="data">') + 10);
    const block = data.slice(0, data.indexOf('</script>'));
    assert.doesNotMatch(block, /[<>&\u0000-\u001f\u007f-\u009f\u2028\u2029\u202e]/);
    const parsed = JSON.parse(block) as PageParts['data'];
    const sent = parsed.events.find(({ type }) => type === 'worker.message_sent');
    assert.equal(
      (JSON.parse(sent?.payload ?? '{}') as { text: string }).text,
      HOSTILE.replace('\ud800', '\ud800'),
    );
  });

  it('is stopped by the policy alone where all else fails: nothing reaches a server', async () => {
    const asked: string[] = [];
    const server = createServer(({ url = '' }, response) => {
      asked.push(url);
      response.end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const html = (await replayPage(await hostileParts())).replace(
      '<div class="app">',
      () => `<img src="${origin}/x.png" onerror="window.pwned=1"><script>window.pwned=2</script>
        <link rel="stylesheet" href="${origin}/x.css"><iframe src="${origin}/frame"></iframe>
        <style>body{background:url(${origin}/y.png)}</style><div class="app">`,
    );
    const { page, errors } = await openPage(html);
    const refused = await page.evaluate(`(async () => {
      const refused = [];
      for (const [name, act] of Object.entries({
        fetch: () => fetch('${origin}/fetch'),
        markup: () => { document.body.innerHTML = '<b>x</b>'; },
        image: () => new Promise((done, fail) => { const image = new Image(); image.onerror = fail; image.onload = done; image.src = '${origin}/z.png'; }),
      })) try { await act(); } catch { refused.push(name); }
      navigator.sendBeacon('${origin}/beacon');
      return refused;
    })()`);
    assert.deepEqual(refused, ['fetch', 'markup', 'image']);
    assert.equal(await page.evaluate('window.pwned ?? null'), null);
    assert.ok(errors.length >= 4, 'the browser says what it refused');
    // The server does answer: what it was asked by a page without the policy would be here.
    await fetch(`${origin}/own`);
    assert.deepEqual(asked, ['/own']);
    server.close();
  });
});

describe('a page that was changed', { skip: noBrowser }, () => {
  const parts = () =>
    new Story()
      .others(0, 2)
      .begun(1, 'ap_a')
      .others(2, 3)
      .at(3, 'ap_a', asked('Which one?'))
      .others(4, 2)
      .at(5, 'ap_a', answered('The first.'))
      .at(6, 'ap_a', completed)
      .parts(['ap_a']);

  const changes: [string, (events: StoredEvent[], gaps: PageParts['data']['gaps']) => void][] = [
    [
      'a word',
      (events) => replaceIn(events, 4, { payload: (events[4]?.payload ?? '').replace('first', 'other') }),
    ],
    ['a time', (events) => replaceIn(events, 2, { occurred_at: '2026-03-04T09:00:09.000Z' })],
    ['an order', (events) => events.splice(0, 2, ...events.slice(0, 2).reverse())],
    ['an event that was removed', (events) => events.splice(3, 1)],
    ['the first event removed', (events) => events.splice(0, 1)],
    ['a hash of a row', (_, gaps) => alterRows(gaps)],
    ['a gap that was removed', (_, gaps) => gaps.splice(1, 1)],
    ['a hash made again', (events) => forge(events, 3)],
    ['an event that is none', (events) => events.splice(2, 1, { position: 7 } as StoredEvent)],
  ];
  for (const [what, change] of changes)
    it(`says so: ${what}`, async () => {
      const opened = await openPage(await tampered(await parts(), change));
      assert.equal(await isVerified(opened), false);
      assert.match(await badge(opened), /^chain broken at event \d+/);
      await opened.page.click('#badge');
      assert.match((await opened.page.textContent('#chain')) ?? '', /cannot be trusted/);
      assert.deepEqual(opened.errors, []);
    });

  it('hides no event of a worker that it does not name', async () => {
    const told = await parts();
    const opened = await openPage(await replayPage({ data: { ...told.data, workers: [] }, recordings: [] }));
    assert.equal(await opened.page.textContent('#found'), '6');
    assert.match((await opened.page.textContent('#tabs')) ?? '', /fake-question/);
  });

  it('says what is damaged where not even its data can be read', async () => {
    const html = await replayPage(await parts());
    const opened = await openPage(html.replace('"format":1', '"format":'));
    assert.equal(await badge(opened), 'this page is damaged');
    assert.match((await opened.page.textContent('#screen')) ?? '', /cannot be read/);
  });

  it('is verified where nothing was changed, and names the command that compares it with the ledger', async () => {
    const opened = await openPage(await tampered(await parts(), () => {}));
    assert.equal(await badge(opened), 'chain verified: 6 of 6 events');
    await opened.page.click('#badge');
    const text = (await opened.page.textContent('#chain')) ?? '';
    assert.match(text, /agentpool ledger verify --hash-at 13/);
    assert.match(text, /5 events of others/);
    assert.doesNotMatch(await opened.page.content(), /secret of others/);
  });
});

const replaceIn = (events: StoredEvent[], index: number, change: Partial<StoredEvent>) =>
  Object.assign(events[index] as StoredEvent, change);

function alterRows(gaps: PageParts['data']['gaps']): void {
  const gap = gaps.find(({ rows }) => rows !== undefined);
  if (!gap?.rows) throw new Error('the story has no gap with rows');
  gap.rows = `${gap.rows.startsWith('A') ? 'B' : 'A'}${gap.rows.slice(1)}`;
}

/** Changes an event just before a gap, and makes its hash again. */
function forge(events: StoredEvent[], index: number): void {
  const event = events[index] as StoredEvent;
  event.actor = 'forger';
  event.hash = chainHash(Buffer.from(events[index - 1]?.hash ?? '', 'hex'), event).toString('hex');
}
