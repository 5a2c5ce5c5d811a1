import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { shellLine } from '../../lib/text/shell.ts';
import { splitLine } from '../../lib/text/split-line.ts';
import { commands } from '../commands/index.ts';
import { typedWords } from '../testing/typed.ts';
import { everyGrammar } from './every.ts';
import { faultIn } from './fault.ts';

const grammars = await everyGrammar(commands);

function faultOf(line: string) {
  const words = splitLine(line);
  const grammar =
    grammars.find(({ path }) => path === words.slice(0, 2).join(' ')) ??
    grammars.find(({ path }) => path === words[0]);
  if (!grammar) throw new Error(`no command: ${line}`);
  return faultIn(grammar, words.slice(grammar.path.split(' ').length));
}

describe('what is wrong with a command line', () => {
  const cases: [typed: string, problem: RegExp, meant: string][] = [
    ['observe', /needs SESSION/, 'observe @last --wait-for any --timeout 60'],
    ['observe --detail full', /needs SESSION/, 'observe --detail full @last'],
    [
      'collect @last --detial full',
      /no option --detial. Did you mean --detail/,
      'collect @last --detail full',
    ],
    ['collect @last --json=1', /--json takes no value/, 'collect @last --json'],
    ['sessions --limit many', /whole number from 1 on, not "many"/, 'sessions --limit 10'],
    [
      'replay @last --watch --speed 1000',
      /--speed takes a number from 0\.1 to 100, not "1000"/,
      'replay @last --watch --speed 10',
    ],
    ['sessions --limit', /--limit needs a value: N/, 'sessions --limit 10'],
    [
      'spawn --provider fake-patch --isolation worktre --task x',
      /--isolation is one of .*Did you mean worktree/,
      'spawn --provider fake-patch --isolation worktree --task x',
    ],
    ['spawn --task x', /needs --provider PROVIDER/, 'spawn --provider fake-question --task x'],
    ['spawn', /needs --provider/, 'spawn --provider fake-question --task "Look for the parser"'],
    ['keys @last', /needs KEY/, 'keys @last Escape'],
    ['send @last migrations first', /MESSAGE as one word/, "send @last 'migrations first'"],
    ['spawn --provider x --task -a', /to the option: --task=-a/, 'spawn --provider x --task=-a'],
    [
      'spawn --provider fake-idle --wait question --tsak x',
      /no option --tsak/,
      'spawn --provider fake-idle --wait question --task x',
    ],
    ['sessions yesterday', /one word too many/, 'sessions'],
    ['spawn --provider x look', /The task goes after --task/, 'spawn --provider x --task look'],
    ['observe @last --session @last', /SESSION and --session both name one/, 'observe --session @last'],
    ['send --session-id @last a b', /MESSAGE as one word/, "send --session-id @last 'a b'"],
    ['preferences shwo', /Did you mean show/, 'preferences show'],
  ];
  for (const [typed, problem, meant] of cases) {
    it(`is reported for: agentpool ${typed}`, () => {
      const fault = faultOf(typed);
      assert.match(fault?.message ?? '', problem);
      assert.equal(fault?.example, `agentpool ${meant}`);
    });
  }

  it('is nothing in any example', () => {
    for (const { examples } of grammars) {
      for (const [, line] of examples) assert.equal(faultOf(shellLine(typedWords(line))), null, line);
    }
  });

  it('is fixed in the suggested line, whatever was typed', () => {
    const word = fc.oneof(
      fc.constantFrom(
        '--json',
        '--detail',
        '--limit',
        '--',
        '-f',
        '--jsno',
        '--wait-for',
        '--no-json',
        '@last',
        '7',
      ),
      fc.string({ maxLength: 12 }),
    );
    const typed = fc.tuple(fc.constantFrom(...grammars), fc.array(word, { maxLength: 6 }));
    fc.assert(
      fc.property(typed, ([grammar, words]) => {
        const fault = faultIn(grammar, words);
        if (!fault || grammar.examples.some(([, line]) => line === fault.example)) return;
        const [program, ...said] = splitLine(fault.example);
        assert.equal(program, 'agentpool');
        if (!said.includes('--help')) assert.equal(faultOf(shellLine(said)), null, fault.example);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('words in a shell', () => {
  it('are parsed as they were written', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (words) => assert.deepEqual(splitLine(shellLine(words)), words)),
    );
  });
});
