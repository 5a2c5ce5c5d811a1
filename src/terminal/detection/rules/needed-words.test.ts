import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { neededWords } from './needed-words.ts';
import { RulePattern } from './rule-pattern.ts';

describe('the words of which a text must have one', () => {
  const cases: [pattern: RegExp, words: string[] | null][] = [
    [/^QUESTION: \S/u, ['QUESTION: ']],
    [/^\s*(?:[│┃]\s*)?\d+[.)] /u, ['.', ')']],
    [/yes, proceed|no, reject/iu, ['yes, proceed', 'no, reject']],
    [/\b(?:hit|reached) (?:your|the) (?:\w+ ){0,3}limit\b/iu, ['limit']],
    [/\bapi.?error\b/iu, ['error']],
    [/interrupted|cancell?ed/iu, ['interrupted', 'cancel']],
    [/CLI v?\d+/iu, ['cli ']],
    [/[[(]y[\])] ?(?:yes|es)\b/iu, ['[', '(']],
    [/^a\{b\.c/u, ['a{b.c']],
    [/(?<sign>[●⏺]) text+ more/u, [' text']],
    // One alternative without a word could be anything.
    [/stop|\d+/u, null],
    [/(?:stop|)/u, null],
    [/(?:stop)?/u, null],
    [/^\s*[^a-z]{2,}$/u, null],
    // What is not there, or only around the place, is no part of the text.
    [/^(?!Working)(?=.*done)\S/u, null],
    [/\p{Lu}\d\x42/u, ['B']],
    // Case is compared in ASCII only.
    [/Größe/iu, ['gr']],
    [/…/iu, null],
    [/(a)\1/u, ['a']],
    [/(?:no)?(\d)\1/u, null],
  ];
  for (const [pattern, words] of cases) {
    it(`that ${pattern} matches are ${JSON.stringify(words)}`, () => {
      const found = neededWords(pattern.source, pattern.ignoreCase);
      assert.deepEqual(found, words);
    });
  }
});

describe('a pattern whose words are known', () => {
  const limit = RulePattern.lazily(() => /\blimits? reached/iu, { words: ['limit'], ignoresCase: true });

  it('matches what it matches without them', () => {
    assert.equal(limit.exec('Usage LIMIT reached')?.index, 6);
    assert.ok(limit.test('limits reached'));
    assert.ok(!limit.test('no limit is near'));
  });

  it('compares letters that are equal only where case is ignored', () => {
    assert.ok(limit.test('limitſ reached'));
  });

  it('is not compiled for a text without any of them', () => {
    let compiled = 0;
    const compile = () => {
      compiled += 1;
      return /limit/u;
    };
    const counted = RulePattern.lazily(compile, { words: ['limit'], ignoresCase: false });
    assert.ok(!counted.test('all is well'));
    assert.equal(compiled, 0);
    assert.ok(counted.test('at its limit'));
    assert.ok(counted.test('at its limit'));
    assert.equal(compiled, 1);
  });

  it('is compiled in the end by a process that looks again and again', () => {
    let compiled = 0;
    const compile = () => {
      compiled += 1;
      return /limit/u;
    };
    const counted = RulePattern.lazily(compile, { words: ['limit'], ignoresCase: false });
    for (let look = 0; look < 1000; look++) assert.ok(!counted.test('all is well'));
    assert.equal(compiled, 1);
    assert.ok(counted.test('at its limit'));
  });
});
