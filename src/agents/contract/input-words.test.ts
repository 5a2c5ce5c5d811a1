import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { allAgents } from '../registry.ts';
import { plainWords, taskInPrompt, UNKNOWN_BOX } from './input-words.ts';

/** Texts that one box or another takes for itself, among others that none does. */
const text = fc
  .tuple(
    fc.constantFrom('', ' ', '\t', '\n', ' \n '),
    fc.constantFrom('', '!', '/', '#', '&', '@', '$', '\\', 'exit', ':q', '/compact', '/etc/hosts'),
    fc.constantFrom('', ' ', 'ls', ' the tests', 'word\nmore'),
    fc.constantFrom('', '\\', ' @src', ' $skill', ' C:\\me\\', '!'),
  )
  .map((parts) => parts.join(''));

describe('a text for an input box', () => {
  it('keeps its words, and nothing that is taken is left in it', async () => {
    const boxes = [UNKNOWN_BOX, ...(await allAgents()).map(({ launch }) => launch.takes ?? UNKNOWN_BOX)];
    fc.assert(
      fc.property(fc.constantFrom(...boxes), text, (takes, given) => {
        const plain = plainWords(given, takes);
        if ('taken' in plain) return assert.equal(plain.taken.blank, null);
        assert.equal(plain.text.trim(), given.trim());
        for (const { pattern, blank } of takes) {
          if (blank === null) assert.doesNotMatch(plain.text, pattern);
          // A blank in front is what makes it plain: without blanks it would be taken.
          else if (blank === 'before' && pattern.test(plain.text)) assert.match(plain.text, /^\s/);
          else if (blank === 'behind') assert.doesNotMatch(plain.text, pattern);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('is as it was given where no box takes it', async () => {
    for (const { launch } of await allAgents())
      for (const given of [
        'Look at !important',
        'a/b',
        'see @src first',
        'It is 5 & 6',
        'exit the loop',
        'C:\\me',
      ])
        assert.deepEqual(plainWords(given, launch.takes ?? []), { text: given });
  });

  it('is the beginning of a prompt behind a word of ours where its first sign is one that a box takes', () => {
    assert.equal(taskInPrompt('!ls'), 'Task: !ls');
    assert.equal(taskInPrompt('/compact it'), 'Task: /compact it');
    assert.equal(taskInPrompt('Look at !ls'), 'Look at !ls');
  });
});
