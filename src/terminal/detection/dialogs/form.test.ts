import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Form } from '../classification-schema.ts';
import { readRows } from '../screen/rows.ts';
import { screenFromText } from '../screen/screen-from-text.ts';
import { readDialog } from './choices.ts';

const read = (rows: readonly string[], cols?: number) =>
  readDialog(readRows(screenFromText(rows.join('\n'))), cols);
const formOf = (...rows: string[]): Form => read(rows).form ?? assert.fail('no form');
const ticked = ({ choices }: Form) => choices.map(({ checked }) => checked);
const kinds = ({ choices }: Form) => choices.map(({ kind }) => kind);

describe('a form', () => {
  it('has boxes behind its numbers, a choice for words, and a row that submits it', () => {
    const form = formOf(
      '←  ☒ Fruit  ✔ Submit  →',
      '',
      'Which fruit goes in?',
      '',
      '  1. [✔] Apples',
      '         from the garden',
      '❯ 2. [ ] Pears',
      '  3. [ ] Type something',
      '     Submit',
      '────────────────────',
      '  4. Chat about this',
      '',
      'Enter to select · ↑/↓ to navigate · Esc to cancel',
    );
    assert.deepEqual(ticked(form), [true, false, false, null, null]);
    assert.deepEqual(kinds(form), ['option', 'option', 'text', 'submit', 'option']);
    assert.deepEqual(
      form.choices.map(({ number }) => number),
      [1, 2, 3, 5, 4],
    );
    assert.equal(form.choices[0]?.description, 'from the garden');
    const { multi_select, submit, keys, unanswered } = form;
    assert.deepEqual(
      { multi_select, submit, unanswered },
      { multi_select: true, submit: 'choice', unanswered: 0 },
    );
    assert.equal(keys.toggle, 'Enter');
  });

  it('shows its pointer on the row that submits it', () => {
    const form = formOf(
      'Which?',
      '  1. [✔] Apples',
      '  2. [ ] Pears',
      '❯    Submit',
      '',
      'Enter to select · Esc to cancel',
    );
    assert.deepEqual(
      form.choices.map(({ selected }) => selected),
      [false, false, true],
    );
  });

  it('has boxes without numbers, ticked by the key that its footer names', () => {
    const form = formOf(
      ' Which fruit goes in?',
      ' ❯ ✓ Apples',
      '   • Pears',
      '   • Other (type your answer)',
      '',
      ' ↑/↓ select · space toggle · enter accept · esc cancel',
    );
    assert.deepEqual(ticked(form), [true, false, false]);
    assert.deepEqual([form.keys.toggle, form.submit], ['Space', 'enter']);
    assert.equal(form.choices[2]?.kind, 'text');
  });

  it('has boxes whose pointer is only a style, and pages with signs', () => {
    const form = formOf(
      '  (✓) Order   \x1b[48;5;4mParts\x1b[0m   (○) Checks   Submit',
      '',
      '  ? Which parts?',
      '',
      '   \x1b[38;5;2m[✓] Parser\x1b[0m',
      '       reads',
      '   \x1b[38;5;8m[ ] Printer\x1b[0m',
      '   \x1b[38;5;8m[ ] Tests\x1b[0m',
      '   \x1b[38;5;4m[ ] Other\x1b[0m',
      '',
      '  ↑↓ select  1-3 / ↵ toggle  ←/→/tab switch  esc cancel',
    );
    assert.deepEqual(ticked(form), [true, false, false, false]);
    assert.deepEqual(
      form.choices.map(({ label, selected, kind }) => [label, selected, kind]),
      [
        ['Parser', false, 'option'],
        ['Printer', false, 'option'],
        ['Tests', false, 'option'],
        ['Other', true, 'text'],
      ],
    );
    assert.equal(form.choices[0]?.description, 'reads');
    assert.deepEqual(
      form.tabs.map(({ label, current, answered }) => [label, current, answered]),
      [
        ['Order', false, true],
        ['Parts', true, null],
        ['Checks', false, false],
        ['Submit', false, null],
      ],
    );
    assert.deepEqual([form.keys.toggle, form.keys.page, form.submit], ['Enter', 'Tab', 'tab']);
  });

  it('shows no pointer where no box is drawn differently', () => {
    const plain = formOf(' Which?', '  [✓] Parser', '  [ ] Printer', '', ' space toggle · enter accept');
    assert.ok(plain.choices.every(({ selected }) => !selected));
    assert.deepEqual(plain.keys.choices, [null, null]);
  });

  it('has no boxes where bullets are only bullets', () => {
    const form = formOf(' Which?', ' ❯ • Apples', '   • Pears', '', ' enter accept');
    assert.equal(form.multi_select, false);
  });

  it('keeps its choices while the pointer is on the one whose field is below its footer', () => {
    const form = formOf(
      ' Which fruit goes in?',
      '   ✓ Apples',
      ' ❯ • Other (type your answer below)',
      '',
      ' ↑/↓ select · space toggle · enter accept · esc cancel',
      '──────────────',
      '──────────────',
      '❯ Type your answer...',
      '──────────────',
    );
    assert.equal(form.choices.length, 2);
    assert.deepEqual(form.text_field, { value: '' });
  });

  it('has pages, of which one is shown', () => {
    const bracketed = formOf(
      '  Fruit  [Drink]',
      '',
      ' What goes with it?',
      ' ❯ Tea',
      '   Milk',
      '',
      ' ↑/↓ select · enter accept · shift+tab prev · esc cancel',
    );
    assert.deepEqual(
      bracketed.tabs.map(({ label, current }) => [label, current]),
      [
        ['Fruit', false],
        ['Drink', true],
      ],
    );
    const counted = formOf(
      '  Question 2/3 (2 unanswered)',
      '  Tea or milk?',
      '',
      '  › 1. Tea',
      '    2. Milk',
      '',
      '  enter to submit answer',
    );
    assert.deepEqual([counted.tabs.length, counted.unanswered], [3, 2]);
    assert.equal(
      counted.tabs.findIndex(({ current }) => current),
      1,
    );
  });

  it('has a field alone', () => {
    const form = formOf(
      ' What is its name?',
      ' ─────────',
      ' ❯ Ann',
      ' ─────────',
      '',
      ' enter accept · esc cancel',
    );
    assert.deepEqual([form.text_field, form.choices, form.submit], [{ value: 'Ann' }, [], 'enter']);
  });

  it('asks at its end to submit what was answered', () => {
    const form = formOf(
      'Review your answers',
      '',
      ' ● Which fruit?',
      '   → Apples',
      '',
      '❯ 1. Submit answers',
      '  2. Cancel',
    );
    assert.deepEqual([form.review, form.submit, form.unanswered], [true, 'choice', 0]);
    assert.equal(
      read(['Review your answers', '', '❯ 1. Submit answers', '  2. Cancel']).question,
      'Review your answers',
    );
    const bare = formOf(
      '   Fruit   Drink   Confirm',
      '',
      '  Review',
      '',
      '  Fruit: Apples',
      '',
      '  Drink: (not answered)',
      '',
      '  ⇆ tab  enter submit  esc dismiss',
    );
    assert.deepEqual([bare.review, bare.submit, bare.unanswered, bare.choices], [true, 'enter', 1, []]);
  });

  it('is not an older menu that is quoted above it', () => {
    const form = formOf(
      '❯ 1. Yes',
      '  2. No',
      '',
      ' Which fruit goes in?',
      ' ❯ Apples',
      '   Pears',
      '',
      ' enter accept',
    );
    assert.deepEqual(
      form.choices.map(({ label }) => label),
      ['Apples', 'Pears'],
    );
  });
});

const word = fc.stringMatching(/^[a-zé漢字ßñ]{1,9}$/u);
const words = fc.array(word, { minLength: 1, maxLength: 12 }).map((each) => each.join(' '));
/** A label that quotes another choice, as a number or as a box, somewhere behind its first word. */
const label = fc
  .tuple(word, fc.constantFrom('', '2. yes', '1. no', '[x] done', '❯ go', 'Submit'), words)
  .map((parts) => parts.filter(Boolean).join(' '));

interface Drawn {
  labels: string[];
  ticks: boolean[] | null;
  at: number;
  descriptions: (string | null)[];
  cols: number;
  above: string[];
  indent: number;
}

const drawn: fc.Arbitrary<Drawn> = fc.integer({ min: 2, max: 12 }).chain((count) =>
  fc.record({
    labels: fc.uniqueArray(label, { minLength: count, maxLength: count }),
    ticks: fc.option(fc.array(fc.boolean(), { minLength: count, maxLength: count })),
    at: fc.nat(count - 1),
    descriptions: fc.array(fc.option(word), { minLength: count, maxLength: count }),
    cols: fc.integer({ min: 30, max: 200 }),
    above: fc.array(
      fc.constantFrom(
        '● I see two ways:',
        '  1. the first',
        '  2. the second',
        '❯ 1. Yes',
        '  2. No',
        '',
        'a  b  c',
        '- [x] done',
        '← back   next →',
      ),
      { maxLength: 10 },
    ),
    indent: fc.nat(4),
  }),
);

/** Draws a numbered menu as agents do: labels wrapped at words, further rows below the label. */
function draw({ labels, ticks, at, descriptions, cols, above, indent }: Drawn): string[] {
  const rows = labels.flatMap((text, index) => {
    const box = ticks ? `[${ticks[index] ? '✔' : ' '}] ` : '';
    const start = `${' '.repeat(indent)}${index === at ? '❯' : ' '} ${String(index + 1).padStart(labels.length > 9 ? 2 : 1)}. ${box}`;
    const more = ' '.repeat(start.length);
    const lines = wrapped(text, cols - start.length);
    const said = descriptions[index];
    return [...lines.map((line, each) => (each === 0 ? start : more) + line), ...(said ? [more + said] : [])];
  });
  return [...above, '', 'Which of them?', '', ...rows, '', 'Enter to select · Esc to cancel'];
}

const wide = /[\u2e80-\ua4cf]/g;
const widthOf = (text: string) => text.length + (text.match(wide)?.length ?? 0);

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const part of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || widthOf(last) + 1 + widthOf(part) > width) lines.push(part);
    else lines[lines.length - 1] = `${last} ${part}`;
  }
  return lines;
}

describe('a drawn menu', () => {
  it('is read with its pointer, its boxes and all of its choices, at any width and below any text', () => {
    fc.assert(
      fc.property(drawn, (menu) => {
        const { form, question } = read(draw(menu), menu.cols);
        assert.ok(form, 'no form');
        assert.equal(form.choices.length, menu.labels.length);
        assert.equal(
          form.choices.findIndex(({ selected }) => selected),
          menu.at,
        );
        assert.deepEqual(ticked(form), menu.ticks ?? menu.labels.map(() => null));
        assert.equal(question, 'Which of them?');
        form.choices.forEach(({ label, description }, index) => {
          const said = menu.descriptions[index];
          const whole = [menu.labels[index], said].filter(Boolean).join(' ');
          // Whether a further row belongs to a label or explains it is seen only by the width.
          assert.equal([label, description].filter(Boolean).join(' '), whole);
        });
      }),
      { numRuns: 400 },
    );
  });
});
