import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inputView } from '../terminal/input/input-view.ts';
import { isSeen, messagePattern, type PlainScreen } from '../terminal/input/submit-view.ts';
import { drawnScreens } from './testing/drawn-screens.ts';
import { packagedRules } from './testing/rules.ts';

const claude = inputView(packagedRules('claude-code'));
const other = inputView(packagedRules('some-agent'));
const style = { pastedPlaceholder: null, queued: null };
const snapshot = (...rows: string[]): PlainScreen => ({ rows, cursorRow: rows.length - 1 });
const LINE = '─'.repeat(40);
const box = (text: string) => ['● Done.', '', LINE, ...`❯ ${text}`.split('\n'), LINE, '  ? for shortcuts'];

describe('a message', () => {
  it('is seen in the box, not in what is printed above or below it', () => {
    const message = messagePattern('stop it', style);
    const before = snapshot(...box(''));
    assert.equal(isSeen(message, claude, before, snapshot(...box('stop it'))), true);
    assert.equal(isSeen(message, claude, before, snapshot('● I stop it', ...box(''))), false);
    assert.equal(isSeen(message, claude, before, snapshot(...box(''), '  stop it')), false);
  });

  it('of several lines is seen where a blank line of it ends the box for the rules', () => {
    const text = 'first\n\nlast line';
    const codex = inputView(packagedRules('codex-cli'));
    const before = snapshot('• Done.', '', '› Ask Codex', '', '  mock · ~/repo');
    const now = snapshot('• Done.', '', '› first', '', '  last line', '', '  mock · ~/repo');
    assert.equal(isSeen(messagePattern(text, style), codex, before, now), true);
  });

  it('of signs alone is seen, and not taken for a frame', () => {
    const message = messagePattern('||', style);
    assert.equal(isSeen(message, claude, snapshot(...box('')), snapshot(...box(''))), false);
    assert.equal(isSeen(message, claude, snapshot(...box('')), snapshot(...box('||'))), true);
  });
});

describe('a dialog that no rule knows', () => {
  for (const rows of [
    ['Tool wants the shell', '  rm -rf build', '  ↵ go ahead   esc leave it  (enter to allow)'],
    ['Run `make clean`?', '', '  [a] Allow', '  [d] Deny'],
    ['May it write a file?', '  Approve', '  Reject'],
    ['Press Enter to run it, Esc to skip'],
  ]) {
    it(rows.join(' / '), () => assert.notEqual(other.dialogOn(rows, ''), null));
  }

  it('is not seen in a line prompt, nor in our own text', () => {
    assert.equal(other.dialogOn(['Run it? [y/N] y'], 'y'), null);
    const message = 'Press Enter to continue, they say';
    assert.equal(other.dialogOn([LINE, message, LINE], message), null);
  });

  it('is not seen on any screen of an agent that is idle or at work', () => {
    for (const [provider, screens] of Object.entries(drawnScreens)) {
      const view = inputView(packagedRules(provider));
      for (const { name, draw } of screens.filter(({ label }) => label === 'idle' || label === 'working'))
        for (const cols of [80, 200])
          assert.equal(view.dialogOn(draw(cols), ''), null, `${provider} ${name}`);
    }
  });
});
