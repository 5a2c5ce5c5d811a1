import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { classify } from '../classify.ts';
import { compileFile } from '../rules/compile.ts';
import type { RuleSet } from '../rules/rule-set.ts';
import type { RuleSource } from '../rules/schema.ts';
import { screenFromText } from '../screen/screen-from-text.ts';
import { effectOf, isWorse, type KeptScreen } from './effect.ts';
import { rowPattern } from './pattern.ts';
import { suggestRule } from './suggest.ts';

const BOX = [{ name: 'box', top: '^─+$', prompt: '^>', bottom: '^─+$' }];

const rulesOf = (...rules: RuleSource[]): RuleSet =>
  compileFile('odd', [{ path: 'odd.yaml', content: { provider: 'odd', layout: { boxes: BOX }, rules } }]);

const WORKS: RuleSource = {
  name: 'works',
  yields: 'working',
  region: 'below',
  when: [{ line: 'esc to stop' }],
};

const screen = (...rows: string[]) => screenFromText(rows.join('\n'));
const boxed = (above: string, below: string) => screen(above, '────', '> ', '────', below);
const kept = (label: KeptScreen['label'], ...rows: string[]): KeptScreen => ({
  where: 'kept',
  screen: screen(...rows),
  label,
});

const taught = (rule: RuleSource | null, ...rules: RuleSource[]): RuleSet =>
  rulesOf(...rules, ...(rule ? [rule] : []));

describe('a rule that is learned from a screen', () => {
  it('reads it as labelled, over the rule that read it wrong', () => {
    const shown = boxed('Done.', 'esc to stop · 12:00:03 · zzz resting');
    const rule = suggestRule({ screen: shown, label: 'idle', rules: rulesOf(WORKS), kept: [] });
    assert.equal(classify(shown, rulesOf(WORKS)).label, 'working');
    assert.equal(classify(shown, taught(rule, WORKS)).label, 'idle');
  });

  it('matches again with another time, count and path', () => {
    const shown = boxed('~ pondering ~ 3 s in /home/me/one', '');
    const rule = suggestRule({ screen: shown, label: 'working', rules: rulesOf(), kept: [] });
    const later = boxed('~ pondering ~ 47 s in /srv/two', '');
    assert.equal(classify(later, taught(rule)).label, 'working');
  });

  it('rests on no row that a screen with another label has too, even further up', () => {
    const shown = screen('Odd is ready', 'at rest now');
    const other = kept(
      'working',
      'Odd is ready',
      ...Array.from({ length: 30 }, (_, at) => `line ${at} of text`),
    );
    const rule = suggestRule({ screen: shown, label: 'idle', rules: rulesOf(), kept: [other] });
    assert.deepEqual(rule?.when, [{ line: '^\\s*at\\s+rest\\s+now\\s*$' }]);
  });

  it('rests on two rows where each alone is on a screen with another label', () => {
    const shown = screen('alpha on', 'beta on');
    const others = [kept('working', 'alpha on'), kept('error', 'beta on')];
    const rule = suggestRule({ screen: shown, label: 'idle', rules: rulesOf(), kept: others });
    assert.equal(rule?.when?.length, 2);
    for (const { screen: each } of others) assert.equal(classify(each, taught(rule)).label, 'unknown');
  });

  it('is none where nothing tells the screen from one with another label', () => {
    const same = screen('alpha on', 'beta on');
    const others = [kept('working', 'alpha on', 'beta on')];
    assert.equal(suggestRule({ screen: same, label: 'idle', rules: rulesOf(), kept: others }), null);
  });

  it('rests on the row that a person has named, and never on what was typed', () => {
    const shown = screen('alpha on', 'please refactor the parser');
    const named = suggestRule({ screen: shown, label: 'idle', rules: rulesOf(), kept: [], row: 1 });
    assert.match(named?.when?.[0]?.line ?? '', /alpha/);
    const echo = 'please refactor the parser';
    const rule = suggestRule({ screen: shown, label: 'idle', rules: rulesOf(), kept: [], echo });
    assert.match(rule?.when?.[0]?.line ?? '', /alpha/);
  });

  it('rests on a title that names a state', () => {
    const shown = screenFromText('\n', { title: '◇ Ready (project)' });
    const rule = suggestRule({ screen: shown, label: 'idle', rules: rulesOf(), kept: [] });
    assert.equal(classify(shown, taught(rule)).label, 'idle');
  });
});

describe('what a rule changes for kept screens', () => {
  it('is said with both labels, and whether it contradicts a person', () => {
    const screens = [kept('working', 'alpha on'), kept(null, 'alpha on'), kept('working', 'beta on')];
    const alpha: RuleSource = { name: 'alpha', yields: 'idle', region: 'screen', when: [{ line: 'alpha' }] };
    const changes = effectOf(screens, rulesOf(), rulesOf(alpha));
    assert.deepEqual(
      changes.map((each) => [each.label, each.before, each.after, isWorse(each)]),
      [
        ['working', 'unknown', 'idle', true],
        [null, 'unknown', 'idle', false],
      ],
    );
  });
});

describe('the pattern of a row', () => {
  it('matches the row that it is made from, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 90, unit: 'grapheme' }), (row) => {
        const pattern = rowPattern(row);
        if (pattern) assert.match(row, new RegExp(pattern.line, 'u'));
      }),
    );
  });

  it('of a long row is one of its hints', () => {
    const row = `esc to interrupt the turn · ${'a word '.repeat(12)}· 12 % of the context is left`;
    const pattern = rowPattern(row);
    assert.deepEqual([pattern?.line, pattern?.isHint], ['esc\\s+to\\s+interrupt\\s+the\\s+turn', true]);
  });

  it('is none for a row without words', () => {
    assert.equal(rowPattern('─── 12 % ───'), null);
  });
});
