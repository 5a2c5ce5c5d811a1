import assert from 'node:assert/strict';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Home, saidBy } from '../../../workers/testing/home.ts';
import { Terminal } from '../../testing/terminal.ts';

describe('the dashboard', () => {
  it('is named to a person on a terminal, and not in a pipe', async () => {
    const home = new Home();
    const terminal = new Terminal(home);
    terminal.type();
    assert.equal(await terminal.exits(), 0);
    assert.match(terminal.screen(), /agentpool top/);
    const id = await home.spawn('fake-idle');
    terminal.type();
    assert.equal(await terminal.exits(), 0);
    assert.match(terminal.screen(), /open the dashboard +agentpool top/);
    for (const words of [[], ['status'], ['--json']])
      assert.doesNotMatch((await home.run(words, { wholeProcess: true })).stdout, /agentpool top/);
    await home.run(['terminate', id]);
  });
});

describe('agentpool alone', () => {
  it('shows the steps to a first answer of a worker, and creates nothing', async () => {
    const home = new Home({ wholeProcesses: true });
    const { code, stdout } = await home.run([]);
    assert.equal(code, 0);
    assert.ok(!existsSync(home.folder));
    assert.ok(
      stdout.split('\n').every((line) => line.length <= 80),
      stdout,
    );
    const lines = [...stdout.matchAll(/^ {2}agentpool (.*)$/gm)].map(([, line = '']) => line);
    assert.deepEqual(
      lines.map((line) => line.split(' ')[0]),
      ['init', 'doctor', 'usage-summary', 'spawn', 'send', 'observe', 'collect', 'terminate'],
    );
    // As a person types them. Usage commands are left out: they can start agents that are installed on this machine.
    for (const line of lines.filter((each) => !each.startsWith('usage-summary'))) {
      const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? '');
      const said = await home.run(words);
      assert.equal(said.code, 0, `${line}: ${said.stdout}${said.stderr}`);
    }
    const [session] = home.sessions();
    assert.deepEqual([session?.state, session?.alive], ['COMPLETED', 0]);
  });

  it('lists waiting workers first, with the command that answers', async () => {
    const home = new Home({ wholeProcesses: true });
    const asks = await home.spawn('fake-question');
    await home.reaches(asks, 'AWAITING_USER_INPUT');
    const idle = await home.spawn('fake-idle');
    await home.reaches(idle, 'IDLE');
    const { stdout } = await home.run([]);
    assert.match(stdout, new RegExp(`${asks} +\\? AWAITING_USER_INPUT[^]*${idle}`));
    assert.match(stdout, new RegExp(`see what it asks +agentpool explain ${asks}`));

    const reported = await home.json([]);
    assert.deepEqual(
      [
        reported.waiting,
        reported.workers[0].session_id,
        reported.workers[0].waiting,
        reported.workers.length,
      ],
      [1, asks, true, 2],
    );
    assert.deepEqual({ ...(await home.json(['status'])), checked_at: 0 }, { ...reported, checked_at: 0 });
    assert.match(
      (await home.run(['--plain'])).stdout,
      new RegExp(`^workers\\.0\\.session_id\\t${asks}$`, 'm'),
    );
    assert.equal((await home.run(['statusline'])).stdout, '1 live · 1 waits\n');
  });

  it('fits a terminal, with colours there', async () => {
    const home = new Home({ wholeProcesses: true });
    const id = await home.spawn('fake-question', '--task', 'Look for the parser and '.repeat(10));
    await home.reaches(id, 'AWAITING_USER_INPUT');
    const terminal = new Terminal(home, { cols: 80 });
    terminal.type();
    assert.equal(await terminal.exits(), 0);
    const row = terminal
      .screen()
      .split('\n')
      .find((line) => line.startsWith(id));
    assert.match(row ?? '', /Look for .*…$/);
    assert.match(terminal.screen({ colors: true }), /\u001b\[33m\? AWAITING_USER_INPUT/);
  });

  it('records workers whose processes have ended first', async () => {
    const home = new Home({ wholeProcesses: true });
    const id = await home.spawn('fake-question');
    await home.reaches(id, 'AWAITING_USER_INPUT');
    await home.endCommands();
    home.killServers();
    assert.equal((await home.json([])).workers.length, 0);
    assert.equal(home.session(id).state, 'LOST');
  });
});

describe('agentpool statusline', () => {
  it('never prints an error, and does not wait for input', async () => {
    const home = new Home({ wholeProcesses: true });
    mkdirSync(home.folder);
    writeFileSync(join(home.folder, 'config.yaml'), 'policy: [');
    const child = home.start(['statusline', '--format', 'claude']);
    const { code, stdout, stderr } = await saidBy(child);
    assert.deepEqual([code, stdout, stderr], [0, '\n', '']);
    writeFileSync(join(home.folder, 'config.yaml'), '');
    writeFileSync(home.ledgerFile, 'no database');
    const { stdout: line, code: also } = await home.run(['statusline']);
    assert.deepEqual([also, line], [0, 'agentpool: no limits known yet\n']);
    rmSync(home.ledgerFile);
  });

  it('refuses an unknown format', async () => {
    const { code, stderr } = await new Home({ wholeProcesses: true }).run(['statusline', '--format', 'html']);
    assert.equal(code, 2);
    assert.match(stderr, /plain.*claude.*tmux|html/);
  });
});
