import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Choice } from '../../terminal/detection/classification-schema.ts';
import { findChoice, stepTowards } from './dialog.ts';

const labels = ['Yes', "Yes, and don't ask again for ls", 'No, and tell Codex what to do differently (esc)'];
const menu = (selected: number): Choice[] =>
  labels.map((label, index) => ({ number: index + 1, label, selected: index + 1 === selected }));
const one = (number: number): Choice => menu(1)[number - 1] ?? assert.fail();

describe('a choice', () => {
  const named = (words: string) => findChoice(menu(1), words)?.number ?? null;

  it('is named by its number, its label, the beginning of it, or words that only it has', () => {
    assert.equal(named('2'), 2);
    assert.equal(named('yes'), 1);
    assert.equal(named('No'), 3);
    assert.equal(named("don't ask again"), 2);
  });

  it('is not guessed if none or several match', () => {
    assert.equal(named('4'), null);
    assert.equal(named(''), null);
    assert.equal(named('and'), null);
    assert.equal(named('N'), null);
  });
});

describe('the way to a choice', () => {
  const below = labels.map((label, index) => `  ${index + 1}. ${label}`);

  it('goes down and up a menu, and ends at the choice', () => {
    assert.equal(stepTowards(menu(1), one(3), below), 'Down');
    assert.equal(stepTowards(menu(3), one(2), below), 'Up');
    assert.equal(stepTowards(menu(2), one(2), below), null);
  });

  it('goes right and left along buttons', () => {
    const row = [`   ${labels.join('   ')}   enter confirm`];
    assert.equal(stepTowards(menu(1), one(3), row), 'Right');
    assert.equal(stepTowards(menu(3), one(1), row), 'Left');
  });

  it('is unknown if there is no pointer', () => {
    assert.equal(stepTowards(menu(0), one(1), below), null);
  });
});
