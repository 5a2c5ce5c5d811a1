import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { PROVIDER_IDS } from '../config/provider-ids.ts';
import { editDistance, suggest } from './suggest.ts';

const commands = ['spawn', 'observe', 'send', 'sessions', 'session', 'collect', 'terminate', 'stats', 'init'];

describe('the nearest known word', () => {
  for (const [typed, meant] of [
    ['spwan', 'spawn'],
    ['obsrve', 'observe'],
    ['SPAWN', 'spawn'],
    ['sesions', 'sessions'],
    ['stat', 'stats'],
    ['term', 'terminate'],
    ['int', 'init'],
  ] as const) {
    it(`of ${typed} is ${meant}`, () => assert.equal(suggest(typed, commands), meant));
  }

  for (const [typed, meant] of [
    ['claude', 'claude-code'],
    ['codex', 'codex-cli'],
    ['codex_cli', 'codex-cli'],
    ['copilot', 'copilot-cli'],
    ['open-code', 'opencode'],
    ['cluade-code', 'claude-code'],
  ] as const) {
    it(`of the provider ${typed} is ${meant}`, () => assert.equal(suggest(typed, PROVIDER_IDS), meant));
  }

  it('is not guessed if no word is close, or too many are', () => {
    for (const typed of ['', '-', 'banana', 'cli', 'fake', 'x'.repeat(100_000)]) {
      assert.equal(suggest(typed, PROVIDER_IDS), undefined);
    }
  });
});

describe('the edit distance', () => {
  it('counts a swap of neighbours as one edit', () => assert.equal(editDistance('spwan', 'spawn'), 1));

  it('is symmetric, zero only for the same word, and at most the longer length', () => {
    const word = fc.string({ maxLength: 12 });
    fc.assert(
      fc.property(word, word, (a, b) => {
        const distance = editDistance(a, b);
        assert.equal(distance, editDistance(b, a));
        assert.equal(distance === 0, a === b);
        assert.ok(distance <= Math.max(a.length, b.length));
      }),
    );
  });

  it('is limit + 1 for everything beyond the limit', () => {
    const word = fc.string({ maxLength: 12 });
    fc.assert(
      fc.property(word, word, fc.nat(5), (a, b, limit) => {
        assert.equal(editDistance(a, b, limit), Math.min(editDistance(a, b), limit + 1));
      }),
    );
  });
});
