import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { until } from '../../lib/testing/until.ts';
import { start, withTmux } from '../testing/scratch.ts';
import type { TmuxServer } from '../tmux/server.ts';
import { submit, submitBuffer, typeable } from './submit.ts';

const plain = { keys: ['Enter'], pastedPlaceholder: null, queued: null, clearsBox: false };
const agent = {
  keys: ['Enter'],
  pastedPlaceholder: /\[Pasted text #\d+ \+\d+ lines\]/,
  queued: /Press up to edit queued messages/,
  clearsBox: true,
};

/** Starts a program with an input box that accepts bracketed pastes. `received` returns what was submitted to it. */
async function withReader(
  mode: string,
  test: (tmux: TmuxServer, pane: string, received: () => string[]) => Promise<void>,
) {
  await withTmux(async (tmux, folder) => {
    const file = join(folder, 'received');
    const { pane_id } = await start(tmux, 'reader.mjs', [mode, file]);
    const screen = () => tmux.run(['capture-pane', '-p', '-t', pane_id]);
    await until('the reader', async () => (await screen()).includes('ready'));
    const received = () =>
      readFileSync(file, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as string);
    await test(tmux, pane_id, received);
  });
}

describe('submitting a text', () => {
  it('sends several lines as one message', () =>
    withReader('box', async (tmux, pane, received) => {
      const text = 'one\ntwo `$HOME` "x"\n\tthree; é 漢\nfour\nfive';
      assert.equal((await submit(tmux, pane, text, agent)).delivery, 'delivered');
      assert.deepEqual(received(), [text]);
    }));

  it('sends a megabyte as one message, of which the program shows only a placeholder', () =>
    withReader('box', async (tmux, pane, received) => {
      const text = Array.from({ length: 20_000 }, (_, line) => `line ${line} ${'x'.repeat(40)}`).join('\n');
      assert.equal((await submit(tmux, pane, text, agent)).delivery, 'delivered');
      assert.ok(received()[0] === text);
    }));

  it('empties the box first', () =>
    withReader('box', async (tmux, pane, received) => {
      await tmux.sendKeys(pane, ['left over'], { literal: true });
      await submit(tmux, pane, 'new', agent);
      assert.deepEqual(received(), ['new']);
    }));

  it('presses Enter again when the first one was lost, and never pastes again', () =>
    withReader('deaf-once', async (tmux, pane, received) => {
      const { delivery } = await submit(tmux, pane, 'hello there', agent, { changeMs: 400 });
      assert.equal(delivery, 'delivered');
      assert.deepEqual(received(), ['hello there']);
    }));

  it('reports queued when the program says so', () =>
    withReader('busy', async (tmux, pane) => {
      assert.equal((await submit(tmux, pane, 'later please', agent)).delivery, 'queued');
    }));

  it('reports unproven when the text never appears', () =>
    withReader('blind', async (tmux, pane, received) => {
      const { delivery, reason } = await submit(tmux, pane, 'anybody?', agent, {
        arrivalMs: 300,
        changeMs: 100,
      });
      assert.equal(delivery, 'unproven');
      assert.match(reason ?? '', /not seen/);
      assert.deepEqual(received(), []);
    }));

  it('reaches a program whose pane a person has scrolled', () =>
    withReader('box', async (tmux, pane, received) => {
      await tmux.run(['copy-mode', '-t', pane]);
      assert.equal((await submit(tmux, pane, 'find it', agent)).delivery, 'delivered');
      assert.deepEqual(received(), ['find it']);
    }));

  it('reports unproven where Enter only makes a new line', () =>
    withReader('newline', async (tmux, pane, received) => {
      const { delivery, reason } = await submit(tmux, pane, 'hello there', agent, { changeMs: 300 });
      assert.equal(delivery, 'unproven');
      assert.match(reason ?? '', /no reaction/);
      assert.deepEqual(received(), []);
    }));

  it('reports unproven where only the terminal echoes the text', () =>
    withReader('sleeper', async (tmux, pane) => {
      const { delivery, reason } = await submit(tmux, pane, 'anybody?', plain, { changeMs: 300 });
      assert.equal(delivery, 'unproven');
      assert.match(reason ?? '', process.platform === 'linux' ? /has not read it/ : /no reaction/);
    }));

  it('recognises a text that its terminal shows differently', () =>
    withReader('box', async (tmux, pane, received) => {
      for (const text of ['well done 👨‍👩‍👧‍👦', '👍🏽', 'שלום עולם', 'cafe\u0301', '!', 'hello', 'hello'])
        assert.equal((await submit(tmux, pane, text, agent)).delivery, 'delivered', text);
      assert.equal(received().length, 7);
    }));

  it('sends a text that is kept in a tmux buffer', () =>
    withReader('box', async (tmux, pane, received) => {
      await tmux.run(['load-buffer', '-b', 'task', '-'], 'from\nmemory');
      const { delivery, chars } = await submitBuffer(tmux, pane, 'task', agent);
      assert.deepEqual(
        { delivery, chars, received: received() },
        { delivery: 'delivered', chars: 11, received: ['from\nmemory'] },
      );
      await assert.rejects(submitBuffer(tmux, pane, 'task', agent), { code: 'TMUX_FAILED' });
    }));

  it('reaches a program that reads lines, and does not hang on a line that is too long for its terminal', () =>
    withReader('lines', async (tmux, pane, received) => {
      assert.equal((await submit(tmux, pane, 'a line', plain)).delivery, 'delivered');
      await until('the line', () => received().length === 1);
      assert.deepEqual(received(), ['a line']);
      const long = `${'x'.repeat(10_000)}end`;
      assert.equal(
        (await submit(tmux, pane, long, plain, { arrivalMs: 300, changeMs: 200 })).delivery,
        'unproven',
      );
    }));

  it('removes what could end a paste early', () => {
    assert.equal(typeable('a\x1b[201~b\r\nc\rd\x00\x9b\te'), 'a[201~b\nc\nd\te');
  });
});
