import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { splitLine } from './split-line.ts';

describe('a command line', () => {
  const cases: [string, string[]][] = [
    ['agentpool  send @last', ['agentpool', 'send', '@last']],
    ['a b\\ c "d  e" \'f "g"\'', ['a', 'b c', 'd  e', 'f "g"']],
    ['x"y"\'z\'', ['xyz']],
    ['say "a \\"b\\" \\\\"', ['say', 'a "b" \\']],
    ['a "" b', ['a', '', 'b']],
  ];
  for (const [line, words] of cases) {
    it(`has the words of ${line}`, () => assert.deepEqual(splitLine(line), words));
  }

  it('keeps the word that is still being typed, with its quote or backslash open', () => {
    for (const open of [
      "send @last 'migrations fir",
      'send @last "migrations fir',
      'send @last migrations\\ fir',
    ])
      assert.deepEqual(splitLine(open), ['send', '@last', 'migrations fir']);
    assert.deepEqual(splitLine('send @last migrations\\'), ['send', '@last', 'migrations']);
    assert.deepEqual(splitLine('send "a\\'), ['send', 'a']);
  });
});
