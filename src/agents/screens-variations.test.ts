import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { classify, type Label } from '../terminal/detection/classify.ts';
import { screenFromText } from '../terminal/detection/screen/screen-from-text.ts';
import { drawnScreens } from './testing/drawn-screens.ts';
import { packagedRules } from './testing/rules.ts';

/** What an agent may have said in earlier turns: words that look like every state there is. */
const earlier = fc.array(
  fc.constantFrom(
    '● The tests are green.',
    '  Would you like to know more? The manual says: press Enter to continue.',
    '  No exception was raised, Error: is only a word here.',
    '  The quota resets every hour, and the usage limit is 10 GB.',
    '• Ran npm test',
    '  ┃  an older message of the user?',
    '  It prints "Retrying in 5s" and goes on.',
    '  1. Yes, that is one way',
    '',
  ),
  { maxLength: 80 },
);

const colours = fc.constantFrom(
  '',
  '0',
  '1',
  '2',
  '38;5;244',
  '38;2;20;20;20',
  '48;2;250;250;245;30',
  '90',
  '97;44',
);

interface Pane {
  cols: number;
  rows: number;
  earlier: string[];
  sgr: string;
  blanks: number;
}

const panes: fc.Arbitrary<Pane> = fc.record({
  cols: fc.integer({ min: 80, max: 250 }),
  rows: fc.integer({ min: 30, max: 100 }),
  earlier,
  sgr: colours,
  blanks: fc.integer({ min: 0, max: 6 }),
});

/** A turn of the user's between what was said before and what the screen shows now, as every transcript has it. */
const separators: Record<string, string[]> = {
  'claude-code': ['', '❯ and now the next thing', ''],
  'codex-cli': ['', '› and now the next thing', ''],
};

function paint(drawn: string[], pane: Pane, provider: string): string {
  const before = pane.earlier.length > 0 ? [...pane.earlier, ...(separators[provider] ?? [])] : [];
  const shown = [...before, ...drawn].slice(-pane.rows);
  const rows = pane.sgr === '' ? shown : shown.map((row) => `\x1b[${pane.sgr}m${row}\x1b[0m`);
  return [...rows, ...Array.from({ length: pane.blanks }, () => '')].join('\n');
}

describe('a judgement holds', () => {
  for (const provider of [
    'claude-code',
    'codex-cli',
    'opencode',
    'cursor-cli',
    'copilot-cli',
    'devin-cli',
    'droid-cli',
    'gemini-cli',
    'qwen-code',
    'kimi-code',
    'pi',
    'cline',
    'kilo',
    'grok-build',
    'continue',
    'nanocoder',
    'other',
  ]) {
    const rules = packagedRules(provider);
    const screens = drawnScreens[provider] ?? [];

    it(`for ${provider} in panes of every width and height, in every colour`, () => {
      fc.assert(
        fc.property(fc.constantFrom(...screens), panes, (drawn, pane) => {
          const text = paint(drawn.draw(pane.cols), { ...pane, earlier: [] }, provider);
          const { label, rule } = classify(screenFromText(text, { title: drawn.title ?? '' }), rules);
          assert.equal(label, drawn.label, `${drawn.name} at ${pane.cols} columns, by ${rule}`);
        }),
        { numRuns: 60 },
      );
    });
  }

  for (const provider of ['claude-code', 'codex-cli']) {
    const rules = packagedRules(provider);
    const screens = drawnScreens[provider] ?? [];

    it(`for ${provider} whatever was said in earlier turns`, () => {
      fc.assert(
        fc.property(fc.constantFrom(...screens), panes, (drawn, pane) => {
          const text = paint(drawn.draw(pane.cols), pane, provider);
          const { label, rule } = classify(screenFromText(text, { title: drawn.title ?? '' }), rules);
          assert.equal(label, drawn.label, `${drawn.name} by ${rule}\n${text}`);
        }),
        { numRuns: 150 },
      );
    });
  }

  it('that a living worker is never called gone or broken, however its screen is cut off at the top', () => {
    const alive: Label[] = ['working', 'idle', 'question', 'approval'];
    const active = Object.entries(drawnScreens).flatMap(([provider, screens]) =>
      screens.filter((drawn) => alive.includes(drawn.label)).map((drawn) => ({ provider, drawn })),
    );
    const sets = new Map(Object.keys(drawnScreens).map((provider) => [provider, packagedRules(provider)]));
    fc.assert(
      fc.property(
        fc.constantFrom(...active),
        fc.integer({ min: 80, max: 250 }),
        fc.integer({ min: 1, max: 40 }),
        ({ provider, drawn }, cols, kept) => {
          const rules = sets.get(provider);
          assert.ok(rules);
          const text = drawn.draw(cols).slice(-kept).join('\n');
          const { label, rule } = classify(screenFromText(text, { title: drawn.title ?? '' }), rules);
          assert.ok(
            !['error', 'exited'].includes(label),
            `${provider}, ${drawn.name}: ${label} by ${rule}\n${text}`,
          );
        },
      ),
      { numRuns: 400 },
    );
  });
});
