import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Home } from '../../../workers/testing/home.ts';
import { Terminal } from '../../testing/terminal.ts';

const COLUMNS = 80;

describe('what a person reads of a worker', () => {
  const home = new Home({
    agents: [
      { id: 'leak', program: 'fake-leak' },
      { id: 'menu', program: 'fake-menu' },
    ],
  });
  const terminal = new Terminal(home, { cols: COLUMNS, rows: 40 });
  const typed = async (...words: string[]) => {
    terminal.type(...words);
    const code = await terminal.exits();
    return { code, screen: terminal.screen() };
  };

  it('is the question, behind a bar, with the command that answers it', async () => {
    const spawn = ['spawn', '--provider', 'fake-question', '--task', 'Look for the parser', '--wait'];
    const { code, screen } = await typed(...spawn);
    assert.equal(code, 0);
    assert.match(screen, /^ {2}│ QUESTION: Which should come first, the migrations or the endpoints\?$/m);
    assert.doesNotMatch(screen, /Look for the parser/);
    assert.match(screen, /answer it +agentpool send ap_\w+ "\.\.\."/);
    assert.doesNotMatch(screen, /agentpool answer/);
    assert.match((await typed('session', 'show', '@last')).screen, /^ {2}│ QUESTION: Which/m);
  });

  it('names the answers that an approval in prose takes', async () => {
    const { screen } = await typed('spawn', '--provider', 'fake-approval', '--task', 'Test', '--wait');
    assert.match(screen, /│ APPROVAL REQUIRED: run "npm test" in this folder/);
    const [, send = ''] = /answer it +agentpool (send ap_\w+ y)$/m.exec(screen) ?? [];
    assert.match((await home.run(send.split(' '))).stdout, /^delivered/m);
  });

  it('names the choices of an approval, each with the command that takes it', async () => {
    const { screen } = await typed('spawn', '--provider', 'menu', '--task', 'Test', '--wait');
    assert.match(screen, /│ Do you want to run npm test\?\n {2}│ {3}1\. Yes\n/);
    assert.equal(screen.match(/agentpool answer ap_\w+ --choice \d/g)?.length, 3);
    const [, answer = ''] = /take a choice +agentpool (answer ap_\w+ --choice 1 Yes)$/m.exec(screen) ?? [];
    assert.match((await home.run(answer.split(' '))).stdout, /^delivered to ap_\w+: 1\. Yes/m);
  });

  it('is the result of a run, not the list of its files', async () => {
    const task = ['--isolation', 'worktree', '--role', 'implementer', '--task', 'Fix the test'];
    const { code, screen } = await typed('run', '--provider', 'fake-patch', ...task);
    assert.equal(code, 0);
    assert.match(screen, /^ {2}M a\.txt$/m);
    assert.match(screen, /^ {2}│ Edited the working folder\.$/m);
    assert.doesNotMatch(screen, /events\.ndjson/);
    assert.match((await typed('observe', '@last')).screen, /│ Edited the working folder\./);
  });

  it('holds no secret', async () => {
    const { screen } = await typed('run', '--provider', 'leak', '--task', 'Look');
    assert.match(screen, /│ Leaked aws access key id: \[redacted:aws-access-key-id\]\./);
  });

  it('is left out of a pipe, of --json and of --plain unless they ask for it', async () => {
    await home.spawn('fake-question');
    await home.json(['observe', '@last', '--wait-for', 'question', '--timeout', '60']);
    for (const words of [
      ['observe', '@last'],
      ['observe', '@last', '--json'],
      ['session', 'show', '@last'],
    ])
      assert.doesNotMatch((await home.run(words)).stdout, /│|QUESTION/);
  });
});

describe('the end of a wait', () => {
  it('is the exit code 124 of a timeout, which JSON calls timeout', async () => {
    const home = new Home();
    const spawned = await home.run(['spawn', '--provider', 'fake-idle', '--task', 'Wait', '--json']);
    assert.equal(spawned.code, 0);
    const waited = await home.run(['observe', '@last', '--wait-for', 'error', '--timeout', '1', '--json']);
    assert.equal(waited.code, 124);
    assert.equal(JSON.parse(waited.stdout).event, 'timeout');
    const wait = ['--wait', 'error', '--timeout', '1'];
    assert.equal((await home.run(['spawn', '--provider', 'fake-idle', '--task', 'Wait', ...wait])).code, 124);
  });

  it('comes without --timeout only when the worker needs somebody, or with Ctrl-C', async () => {
    const home = new Home();
    await home.spawn('fake-idle');
    const terminal = new Terminal(home, { cols: COLUMNS, rows: 20 });
    terminal.type('observe', '@last', '--wait-for', 'error');
    await terminal.shows(/Ctrl-C stops waiting/);
    terminal.press('C-c');
    assert.equal(await terminal.exits(), 130);
    assert.match(terminal.screen(), /keeps running/);
  });
});
