import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Label } from '../../../terminal/detection/classify.ts';
import { classified } from '../../testing/classified.ts';
import type { ScreenReading } from '../look.ts';
import { isByMotion, MovingScreen } from './moving-screen.ts';

/** A turn on which words are written, above an input box. */
function writing(label: Label, count: number): ScreenReading {
  const rows = [`● ${'word '.repeat(count)}`, '────', '❯ ', '────'];
  const screen = {
    cols: 80,
    rows: rows.map((text) => ({ text, wrapped: false })),
    cursor: { row: 2, col: 2 },
    alternate: true,
    title: '',
  };
  const classification = classified(label, { evidence: [], regions: { box: { first: 2, last: 4 } } });
  return { classification, screen, rows, sent: '', unread: null };
}

/** What the last of so many screens says, of which each has one word more than the one before. */
function lastOf(label: Label, screens: number): ScreenReading {
  const moving = new MovingScreen();
  let last = moving.see(writing(label, 1), 0);
  for (let count = 2; count <= screens; count++) last = moving.see(writing(label, count), count * 150);
  return last;
}

describe('a screen with what moves on it', () => {
  it('is work while words are written on it, where no rule says more', () => {
    for (const label of ['idle', 'unknown'] as const) {
      const { classification } = lastOf(label, 8);
      assert.deepEqual([classification.label, classification.rule], ['working', 'motion']);
      assert.match(classification.evidence[0] ?? '', /^text was written above the input: ● word/);
    }
  });

  it('is what the rules say after a redraw, at rest, and where they see a dialog or work', () => {
    assert.equal(lastOf('idle', 2).classification.label, 'idle');
    for (const label of ['working', 'approval', 'limit', 'error'] as const) {
      const last = lastOf(label, 8);
      assert.deepEqual([last.classification.label, isByMotion(last)], [label, false]);
    }
    const moving = new MovingScreen();
    for (let count = 1; count <= 8; count++) moving.see(writing('idle', count), count * 150);
    assert.equal(moving.see(writing('idle', 8), 2500).classification.label, 'idle');
  });
});
