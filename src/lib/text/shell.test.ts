import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { anyCharacter } from '../testing/any-character.ts';
import { shell, shellLine } from './shell.ts';

/** What a shell makes of a line: its words. */
const wordsOf = (line: string): string[] =>
  execFileSync('sh', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' })
    .split('\0')
    .slice(0, -1);

const hard = [
  '',
  ' ',
  '$HOME',
  '`id`',
  "it's",
  '"',
  '\\',
  '\n',
  'a\nb',
  '-rf',
  '--',
  '*',
  '~',
  '#',
  '!',
  '&&',
  'é',
];

describe('words in a command line', () => {
  it('reach the program unchanged, whatever they contain', () => {
    assert.deepEqual(wordsOf(shellLine(hard)), hard);
    const text = fc.string({ unit: anyCharacter, maxLength: 20 }).map((word) => word.replaceAll('\0', ''));
    const word = fc.oneof(
      fc.constantFrom(...hard),
      text.filter((each) => !/\p{Surrogate}/u.test(each)),
    );
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 8 }), (words) => {
        assert.deepEqual(wordsOf(shellLine(words)), words);
      }),
      { numRuns: 60 },
    );
  });

  it('are not quoted if they have no meaning to a shell', () => {
    const plain = ['agentpool', '--since=7d', '@last', 'src/a.ts', 'worker.exited', '50%'];
    assert.equal(shellLine(plain), plain.join(' '));
  });

  it('are quoted in place, one word each', () => {
    const line = shell`ls -ld ${"a folder's"} --count ${3} ${['b c', 'd']}`;
    assert.equal(line, `ls -ld 'a folder'\\''s' --count 3 'b c' d`);
  });

  it('name no program to zsh', () => {
    assert.equal(shell`agentpool send ${'=ls'}`, `agentpool send '=ls'`);
  });
});
