import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Cli, type CommandClass } from 'clipanion';
import { splitLine } from '../../lib/text/split-line.ts';
import { commands, namedCommand } from '../commands/index.ts';
import { fastCommands } from '../fast/index.ts';
import { typedWords } from '../testing/typed.ts';
import { grammarOf } from './declared.ts';
import { declarationOf } from './option.ts';
import { parse } from './parse.ts';
import { read } from './read.ts';

async function command(path: string): Promise<CommandClass> {
  const load = commands[path];
  if (!load) throw new Error(`no command: ${path}`);
  return (await load()).default;
}

/** The fields that clipanion fills in for a line. */
async function byClipanion(path: string, words: string[]): Promise<Record<string, unknown>> {
  const made = await command(path);
  const fields = Object.entries(new made()).flatMap(([key, field]) => (declarationOf(field) ? [key] : []));
  const { arranged } = read(grammarOf(path, made), words);
  const cli = new Cli();
  cli.register(made);
  const filled = Object.entries(cli.process([...path.split(' '), ...arranged], Cli.defaultContext));
  return Object.fromEntries(filled.filter(([key]) => fields.includes(key)));
}

const withValues = Object.keys(fastCommands).filter(
  (path) => Object.hasOwn(commands, path) && path !== 'help',
);

describe('the fast parser', () => {
  for (const path of withValues) {
    it(`gives the fields of ${path} as clipanion does`, async () => {
      const made = await command(path);
      const grammar = grammarOf(path, made);
      const lines = grammar.examples
        .map(([, line]) => typedWords(line))
        .filter(([first]) => first === path)
        .map((words) => words.slice(1));
      const tried = lines.flatMap((words) => [words, [...words, '--json'], [...words, '--no-json']]);
      for (const words of tried) {
        const known = Object.entries(await byClipanion(path, words)).filter(
          ([, field]) => field !== undefined,
        );
        const values = Object.entries(parse(grammar, words) ?? {}).filter(([, field]) => field !== undefined);
        assert.deepEqual(Object.fromEntries(values), Object.fromEntries(known), words.join(' '));
      }
    });
  }

  const cases: [line: string, values: Record<string, unknown>][] = [
    ['observe --session @last --timeout 5', { session: '@last', timeout: 5 }],
    ['observe --session-id=@last --wait-for a --wait-for=b', { session: '@last', waitFor: ['a', 'b'] }],
    ['send --session @last hello', { session: '@last', message: 'hello' }],
    ['send hello --session @last', { session: '@last', message: 'hello' }],
    ['spawn --provider x --task-file -', { taskFile: '-' }],
    ['spawn --provider x --task y --wait any', { wait: 'any' }],
    ['spawn --provider x --wait --task y', { wait: true, task: 'y' }],
    ['usage-summary --no-interactive', { interactive: false }],
  ];
  for (const [line, expected] of cases) {
    it(`reads: ${line}`, async () => {
      const words = splitLine(line);
      const path = namedCommand(words) ?? '';
      const values = parse(grammarOf(path, await command(path)), words.slice(1));
      assert.deepEqual({ ...values, ...expected }, values);
    });
  }

  it('leaves uncertain words to clipanion', async () => {
    const grammar = grammarOf('observe', await command('observe'));
    for (const line of ['', '@last extra', '@last --timeout soon', '@last --unknown', '-- @last']) {
      assert.equal(parse(grammar, splitLine(line)), null, line);
    }
  });
});
