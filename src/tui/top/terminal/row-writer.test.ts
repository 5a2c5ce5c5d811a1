import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import xterm from '@xterm/headless';
import fc from 'fast-check';
import { fit, span } from '../text/line.ts';
import { paint } from '../text/paint.ts';
import { changes, placed, type TerminalRows } from './row-writer.ts';

const palette = { background: 'dark', depth: 'indexed' } as const;
const picture = (rows: readonly string[], columns = 12): TerminalRows => ({ columns, rows, cursor: null });

describe('what is written to the terminal', () => {
  it('is nothing while nothing changes', () =>
    assert.equal(changes(picture(['one', 'two']), picture(['one', 'two'])), ''));

  it('is only the rows that differ, at once', () => {
    const text = changes(picture(['one', 'two', 'three']), picture(['one', 'TWO', 'three']));
    assert.ok(text.startsWith('\x1b[?2026h') && text.endsWith('\x1b[?2026l'));
    assert.ok(text.includes('TWO'));
    assert.ok(!text.includes('one') && !text.includes('three'));
  });

  it('is everything after the size has changed', () => {
    const text = changes(picture(['one'], 12), picture(['one'], 13));
    assert.ok(text.includes('one'));
  });

  it('shows the cursor where it is to be, and hides it', () => {
    const hidden = picture(['one']);
    const shown = { ...hidden, cursor: { row: 0, column: 2 } };
    assert.ok(changes(hidden, shown).includes('\x1b[1;3H\x1b[?25h'));
    assert.ok(changes(shown, hidden).includes('\x1b[?25l'));
  });

  it('puts the cursor back after characters about whose width terminals disagree', () =>
    assert.ok(placed('नमस्ते|end', 30).includes('\x1b[')));

  it('makes a terminal show the picture, whatever it showed before', async () => {
    const words = fc.constantFrom('a', 'bc', '日本', ' ', '█', 'é', '…');
    const aRow = fc.array(words, { maxLength: 14 }).map((parts) => parts.join(''));
    const frames = fc.array(fc.array(aRow, { minLength: 4, maxLength: 4 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(frames, async (each) => {
        const terminal = new xterm.Terminal({ cols: 20, rows: 4, allowProposedApi: true });
        let last: TerminalRows | null = null;
        for (const rows of each) {
          const painted = rows.map((row) => paint(fit([span(row, { fg: 'good' })], 20), palette));
          const next = picture(painted, 20);
          await new Promise<void>((done) => terminal.write(`\x1b[?7l${changes(last, next)}`, done));
          last = next;
        }
        const shown = [0, 1, 2, 3].map((row) => terminal.buffer.active.getLine(row)?.translateToString(true));
        const wanted = (each.at(-1) ?? []).map((row) =>
          fit([span(row)], 20)
            .map(({ text }) => text)
            .join('')
            .trimEnd(),
        );
        assert.deepEqual(
          shown.map((row) => row?.trimEnd()),
          wanted,
        );
        terminal.dispose();
      }),
      { numRuns: 40 },
    );
  });
});
