import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Input, InputReader } from '../terminal/input.ts';
import { textOf } from '../text/line.ts';
import { confirmWidget } from './confirm.ts';
import { editorWidget } from './editor.ts';
import { listWidget, ticksWidget } from './list.ts';
import { pagesWidget } from './pages.ts';
import { isClosed, type Widget } from './widget.ts';

const SPACE = { width: 40, height: 10 };
const [UP, DOWN, LEFT, ENTER, NEW_LINE] = ['\x1b[A', '\x1b[B', '\x1b[D', '\r', '\x1b\r'];

/** Types into a dialog; the answer, or `open` while it has none. */
function typed<T>(widget: Widget<T>, ...texts: string[]): T | null | 'open' {
  const after = pressed(widget, ...texts);
  return 'closed' in after ? after.closed : 'open';
}

function pressed<T>(widget: Widget<T>, ...texts: string[]): Widget<T> | { closed: T | null } {
  const reader = new InputReader();
  const inputs: Input[] = texts.flatMap((text) => [...reader.read(text), ...reader.flush()]);
  let at = widget;
  for (const input of inputs) {
    const next = at.input(input, SPACE);
    if (isClosed(next)) return next;
    at = next;
  }
  return at;
}

const shown = <T>(widget: Widget<T> | { closed: T | null }): string =>
  'closed' in widget ? '' : widget.view(SPACE).lines.map(textOf).join('\n');

describe('a list', () => {
  const list = listWidget({
    title: 'Answer',
    intro: ['Which one?'],
    items: [
      { value: 'a', label: 'The first' },
      { value: 'b', label: 'The second', unusable: 'it is at its limit' },
      { value: 'c', label: 'The third' },
    ],
  });

  it('is answered with the item at the pointer', () => {
    assert.equal(typed(list, ENTER), 'a');
    assert.equal(typed(list, DOWN, DOWN, ENTER), 'c');
    assert.equal(typed(list, 'j', 'j', 'k', 'k', ENTER), 'a');
  });

  it('is marked by a number, and answered by Enter alone', () => {
    assert.equal(typed(list, '3'), 'open');
    assert.equal(typed(list, '3', ENTER), 'c');
  });

  it('does not answer with what cannot be chosen, and says why', () => {
    assert.equal(typed(list, '2', ENTER), 'open');
    assert.match(shown(list), /it is at its limit/);
  });

  it('is left by Escape', () => assert.equal(typed(list, '\x1b'), null));

  it('is answered by two clicks on an item', () => {
    const click = (row: number) => `\x1b[<0;5;${row + 1}M`;
    const row = list.view(SPACE).lines.findIndex((each) => textOf(each).includes('The third'));
    assert.equal(typed(list, click(row)), 'open');
    assert.equal(typed(list, click(row), click(row)), 'c');
  });

  it('is not answered by a click beside its items', () => {
    const click = (column: number, row: number) => `\x1b[<0;${column};${row}M`;
    const rows = list.view(SPACE).lines.length;
    for (const [column, row] of [
      [5, rows + 1],
      [5, rows + 20],
      [5, 1],
      [60, rows],
    ] as const) {
      const at = click(column, row);
      assert.equal(typed(list, '3', at, at), 'open');
    }
  });

  it('shows the item at the pointer, however many there are', () => {
    const items = Array.from({ length: 50 }, (_, index) => ({ value: index, label: `Item ${index}` }));
    const many = listWidget({ title: 'Many', items });
    assert.match(shown(pressed(many, '\x1b[F')), /❯ 50\. Item 49/);
    assert.match(shown(pressed(many, '\x1b[F', UP)), /❯ 49\. Item 48/);
  });
});

describe('a list of boxes', () => {
  const boxes = ticksWidget({
    title: 'Answer',
    items: [
      { value: 'a', label: 'One', ticked: true },
      { value: 'b', label: 'Two' },
    ],
  });

  it('is answered with all that are ticked', () => {
    assert.deepEqual(typed(boxes, ENTER), ['a']);
    assert.deepEqual(typed(boxes, DOWN, ' ', ENTER), ['a', 'b']);
    assert.deepEqual(typed(boxes, '1', '2', ENTER), ['b']);
  });
});

describe('an editor', () => {
  const editor = editorWidget({ title: 'Send', done: 'sends it' });

  it('takes a text with several lines', () =>
    assert.equal(
      typed(editor, 'one', NEW_LINE, 'two', '\n', 'three\\', ENTER, 'four', ENTER),
      'one\ntwo\nthree\nfour',
    ));

  it('keeps the lines of what is pasted', () =>
    assert.equal(typed(editor, '\x1b[200~a\nb\x1b[201~', ENTER), 'a\nb'));

  it('is edited in the middle, over wide letters, too', () => {
    assert.equal(typed(editor, '日本', LEFT, 'x', ENTER), '日x本');
    assert.equal(typed(editor, 'abc', LEFT, LEFT, '\x7f', ENTER), 'bc');
    assert.equal(typed(editor, 'one two', '\x17', 'three', ENTER), 'one three');
    assert.equal(typed(editor, 'one', NEW_LINE, 'two', UP, 'X', '\x05', 'Y', ENTER), 'oneXY\ntwo');
  });

  it('is not finished while it is blank or refused', () => {
    assert.equal(typed(editor, '  ', ENTER), 'open');
    const refusing = editorWidget({ title: 'T', done: 'sends it', refuses: () => 'Not that.' });
    assert.match(shown(pressed(refusing, 'x', ENTER)), /Not that\./);
  });

  it('of one line has no line ends', () => {
    const line = editorWidget({ title: 'T', oneLine: true, done: 'answers' });
    assert.equal(typed(line, '\x1b[200~a\nb\x1b[201~', ENTER), 'a b');
    assert.equal(typed(line, 'a', NEW_LINE), 'a');
  });

  it('shows the cursor where the next letter goes', () => {
    const after = pressed(editor, 'one', NEW_LINE, '日本');
    assert.ok(!('closed' in after));
    assert.deepEqual(after.view(SPACE).cursor, { row: 1, column: 4 });
  });
});

describe('a question', () => {
  const confirm = confirmWidget({ title: 'End', question: 'End it?', yes: { key: 'x', label: 'end it' } });

  it('is answered with yes by its key, y, or the button', () => {
    assert.equal(typed(confirm, 'x'), true);
    assert.equal(typed(confirm, 'y'), true);
    assert.equal(typed(confirm, '\t', ENTER), true);
  });

  it('is answered by a click on a button, and by none beside them', () => {
    const lines = confirm.view(SPACE).lines.map(textOf);
    const row = lines.findIndex((each) => each.includes('Yes, end it'));
    const click = (words: string, below = 0) =>
      `\x1b[<0;${(lines[row]?.indexOf(words) ?? 0) + 2};${row + 1 + below}M`;
    assert.equal(typed(confirm, click('Yes')), true);
    assert.equal(typed(confirm, click('No')), null);
    assert.equal(typed(confirm, click('Yes', 1)), 'open');
    assert.equal(typed(confirm, '\x1b[<0;35;3M'), 'open');
  });

  it('is answered with no by everything else', () => {
    assert.equal(typed(confirm, ENTER), null);
    assert.equal(typed(confirm, '\x1b'), null);
    assert.equal(typed(confirm, 'n'), null);
  });
});

describe('a text to read', () => {
  it('scrolls to its end and no further', () => {
    const lines = Array.from({ length: 30 }, (_, index) => [
      { text: `${index}`, width: String(index).length, style: {} },
    ]);
    const pages = pagesWidget({ title: 'Keys', lines: () => lines });
    assert.match(shown(pages), /^0\n/);
    assert.match(shown(pressed(pages, 'G', 'j')), /^20\n(?:.*\n)*29$/);
    assert.match(shown(pressed(pages, 'G', 'k')), /^19\n/);
  });
});
