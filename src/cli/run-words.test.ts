import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AGENT_IDS, AGENTS } from '../config/provider-ids.ts';
import { AgentPoolError } from '../lib/errors.ts';
import { Home } from '../workers/testing/home.ts';
import { commands } from './commands/index.ts';
import { grammarOf } from './grammar/declared.ts';
import { runWords } from './run-words.ts';

const grammar = grammarOf('run', (await commands.run?.())?.default as never);
const known = Object.keys(commands);
const meant = (...words: string[]) => runWords(words, grammar, known);
const refusal = (...words: string[]) => {
  try {
    meant(...words);
  } catch (error) {
    assert.ok(error instanceof AgentPoolError);
    return `${error.message} ${error.details.example}`;
  }
  throw new Error(`not refused: ${words.join(' ')}`);
};

describe('a line that begins with an agent', () => {
  it('is a run of that agent, with the options of run before or after the task', () => {
    const run = ['--provider', 'claude', '--task=fix the test'];
    assert.deepEqual(meant('claude', 'fix the test'), run);
    assert.deepEqual(meant('claude', 'fix the test', '--model', 'opus', '--keep'), [
      ...run,
      '--model=opus',
      '--keep',
    ]);
    assert.deepEqual(meant('claude', '--model', 'opus', 'fix the test'), [...run, '--model=opus']);
    assert.deepEqual(meant('claude', '--', '-v fails'), ['--provider', 'claude', '--task=-v fails']);
    assert.deepEqual(meant('claude', '--task-file', 'a.md'), ['--provider', 'claude', '--task-file', 'a.md']);
  });

  it('without a task says what to type', () =>
    assert.equal(refusal('codex'), "agentpool codex needs a task. agentpool codex 'Look for the parser'"));

  it('starts nothing where another command is likely meant', () => {
    assert.match(refusal('codex', 'usage'), /Did you mean: agentpool usage --provider codex/);
    assert.match(refusal('claude', 'limits'), /agentpool usage --provider claude/);
    assert.match(refusal('claude', 'status'), /agentpool status/);
    assert.match(refusal('claude', 'ledger'), /is a command/);
    assert.match(refusal('claude', 'fix', 'it'), /quote it.* agentpool claude 'fix it'/);
    assert.match(refusal('claude', 'x y', '--provider', 'codex'), /both name an agent/);
    assert.match(refusal('claude', 'x y', '--task', 'z'), /Give the task once/);
  });

  it('leaves a wrong option to run', () =>
    assert.ok(meant('claude', 'x y', '--isolaton', 'worktree').includes('--isolaton')));
});

describe('agentpool AGENT', () => {
  const home = new Home({
    agents: [
      { id: 'mine', program: 'fake-done' },
      { id: 'ledger', program: 'fake-done' },
    ],
  });

  it('runs an agent of the table, a fake one and one of the user, and exits as run does', async () => {
    const done = await home.run(['fake-completed', 'Look for the parser', '--json']);
    assert.equal(done.code, 0, done.stderr);
    assert.deepEqual(
      [home.sessions().at(-1)?.provider_id, home.sessions().at(-1)?.task],
      ['fake-completed', 'Look for the parser'],
    );
    assert.equal((await home.run(['mine', 'Look'])).code, 0);
    assert.equal(home.sessions().at(-1)?.provider_id, 'mine');
    assert.equal((await home.run(['fake-question', 'Look for the parser'])).code, 2);
    assert.equal((await home.run(['claude'])).code, 64);
  });

  it('is asked of every agent by its id and by its short name', async () => {
    for (const name of AGENT_IDS.flatMap((id) => [id, AGENTS[id].short])) {
      const { code, stderr } = await home.run([name]);
      assert.equal(code, 64);
      assert.match(stderr, new RegExp(`agentpool ${name} needs a task`));
    }
  });

  it('never hides a command or a group of commands', async () => {
    assert.match((await home.run(['ledger'])).stdout, /ledger verify/);
    const { stderr } = await home.run(['xyzzy', 'Look']);
    assert.match(stderr, /There is no command "xyzzy"/);
  });

  it('has the help of run', async () => {
    for (const words of [
      ['claude', '--help'],
      ['help', 'claude'],
    ])
      assert.match((await home.run(words)).stdout, /^agentpool run: /);
  });
});
