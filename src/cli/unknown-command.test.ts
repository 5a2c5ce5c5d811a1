import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { AgentPoolError } from '../lib/errors.ts';
import { splitLine } from '../lib/text/split-line.ts';
import { commands } from './commands/index.ts';
import { intendedCommands, intentOf } from './intents.ts';
import { meantInstead, optionFirst, unknownCommand } from './unknown-command.ts';

const known = Object.keys(commands);
const hintFor = (line: string): { hint: string; example: string } => {
  const words = splitLine(line);
  const [first = ''] = words;
  const error =
    (known.includes(first) ? meantInstead(first, words.slice(1)) : null) ?? unknownCommand(words, known);
  assert.ok(error instanceof AgentPoolError);
  return { hint: error.message, example: String(error.details.example) };
};

/** What a person types, and the command that they mean. */
const MISTAKES: [string, string][] = [
  ['--verison', '--version'],
  ['--versoin', '--version'],
  ['-V', '--version'],
  ['--VERSION', '--version'],
  ['--hlep', '--help'],
  ['-help', '--help'],
  ['version', '--version'],
  ['stop @last', 'terminate @last'],
  ['rm ap_1a2b', 'terminate ap_1a2b'],
  ['end @last', 'terminate @last'],
  ['quit', 'terminate'],
  ['ls', 'sessions'],
  ['list', 'sessions'],
  ['workers', 'sessions'],
  ['agents', 'sessions'],
  ['tail @last', 'transcript @last'],
  ['show @last', 'session show @last'],
  ['info @last', 'session show @last'],
  ['wait @last', 'observe @last'],
  ['watch @last', 'observe @last'],
  ['start codex "fix it"', "spawn --provider codex --task 'fix it'"],
  ['new', 'spawn'],
  ['ask claude "fix it"', "spawn --provider claude --task 'fix it'"],
  ['claude "fix it"', "spawn --provider claude --task 'fix it'"],
  ['codex', 'spawn --provider codex'],
  ['codex usage', 'usage --provider codex'],
  ['claude limits', 'usage --provider claude'],
  ['reply @last yes please', "send @last 'yes please'"],
  ['tell @last', 'send @last'],
  ['approve @last', 'answer @last --choice "..."'],
  ['deny', 'answer --choice "..."'],
  ['patch @last', 'diff @last'],
  ['harvest @last', 'collect @last'],
  ['connect @last', 'attach @last'],
  ['quota', 'usage-summary'],
  ['limits', 'usage-summary'],
  ['refresh', 'usage-summary --refresh'],
  ['cost', 'tokens'],
  ['usage summary', 'usage-summary'],
  ['cleanup', 'worktrees cleanup'],
  ['prune', 'worktrees cleanup'],
  ['login', 'setup'],
  ['settings', 'config print'],
  ['config show', 'config print'],
  ['config edit', 'config path'],
  ['watcher start', 'watcher run'],
  ['sessions list', 'sessions'],
  ['sessions kill @last', 'terminate @last'],
  ['session @last', 'session show @last'],
  ['mcp install', 'mcp-config'],
  ['serve', 'mcp'],
  ['check', 'doctor'],
  ['test', 'smoke'],
  ['dashboard', 'top'],
  ['history', 'events'],
  ['backup', 'ledger backup'],
  ['lock', 'leases acquire'],
  ['spwan', 'spawn'],
  ['usage-summry', 'usage-summary'],
  ['ledger verfy', 'ledger verify'],
  ['worktree list', 'worktrees list'],
  ['replai', 'replay'],
];

describe('a command that there is not', () => {
  for (const [typed, command] of MISTAKES)
    it(`is answered with the one that was meant: ${typed}`, () => {
      assert.ok(hintFor(typed).hint.endsWith(`Did you mean: agentpool ${command}?`), hintFor(typed).hint);
    });

  it('that AgentPool does not have on purpose is answered with what to do instead', () => {
    for (const word of ['merge', 'commit', 'push']) assert.match(hintFor(word).hint, /agentpool apply/);
    assert.match(hintFor('upgrade').hint, /npm install/);
    assert.match(hintFor('auto').hint, /does not choose for you/);
  });

  it('before which an option was typed is answered with the order', () => {
    assert.match(hintFor('--all sessions').hint, /Options go after the command: agentpool sessions --all$/);
  });

  it('that means nothing is answered with the list of commands', () => {
    for (const word of ['xyzzy', '\u0441\u0442\u043e\u043f', '""'])
      assert.match(hintFor(word).hint, /agentpool help$/);
  });

  it('is named whatever was typed, and the example is a command that there is', () => {
    const word = fc.oneof(
      fc.string(),
      fc.constantFrom('@last', 'kill', 'constructor', '__proto__', '--x', 'mcp', 'ledger'),
    );
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), (words) => {
        const { message, details } = unknownCommand(words, known);
        assert.ok(message.length > 0);
        const [program, first = '', second = ''] = splitLine(String(details.example));
        const isKnown =
          [first, `${first} ${second}`].some((path) => known.includes(path)) || first.startsWith('-');
        assert.ok(program === 'agentpool' && isKnown, String(details.example));
      }),
    );
  });
});

describe('the words that mean a command', () => {
  it('lead to commands that exist', () => {
    for (const command of intendedCommands()) {
      const path = command.split(' --', 1)[0] ?? '';
      const [first = '', second = ''] = path.split(' ');
      assert.ok(
        path.startsWith('--') || known.includes(path) || (known.includes(first) && second !== ''),
        command,
      );
    }
  });

  it('hide no command', () => {
    for (const path of known) if (!path.includes(' ')) assert.equal(intentOf([path]), null, path);
  });
});

describe('an option before the command', () => {
  it('is put behind it in the example', () => {
    const { message, details } = optionFirst(['--json', 'claude', 'fix it']);
    assert.match(message, /Options go after the command/);
    assert.equal(details.example, "agentpool claude 'fix it' --json");
  });
});
