import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Home } from '../../../workers/testing/home.ts';
import { Terminal } from '../../testing/terminal.ts';

describe('agentpool attach', () => {
  const home = new Home();

  it('opens at once on a terminal, also inside tmux, and leaves the worker running', async () => {
    const id = await home.spawn('fake-idle');
    await home.reaches(id, 'IDLE');
    // The shell of this terminal runs in tmux, as TMUX in its environment says.
    const terminal = new Terminal(home, { cols: 100, rows: 30 });
    terminal.type('attach', id);
    await terminal.shows(/Message 1 noted/);
    terminal.press('-l', 'typed by hand');
    terminal.press('Enter');
    await terminal.shows(/Message 2 noted/);
    terminal.press('C-b', 'd');
    assert.equal(await terminal.exits(), 0);
    assert.equal(home.session(id).alive, 1);
  });

  it('prints the command with --print, with --json and into a pipe', async () => {
    const id = await home.spawn('fake-idle');
    const piped = await home.run(['attach', id]);
    assert.match(piped.stdout, new RegExp(`^tmux .* attach-session -t '=agentpool-${id}'$`, 'm'));
    const inTmux = await home.run(['attach', id, '--print'], { env: { TMUX: '/tmp/own,1,0' } });
    assert.equal(inTmux.stdout, `env -u TMUX ${piped.stdout}`);
    const info = await home.json(['attach', id]);
    assert.deepEqual([info.can_attach, `${info.attach_command}\n`], [true, piped.stdout]);
    const terminal = new Terminal(home);
    terminal.type('attach', id, '--print');
    assert.equal(await terminal.exits(), 0);
    assert.match(terminal.screen({ joined: true }), /attach-session/);
  });

  it('says where to read a worker that has ended', async () => {
    const id = await home.spawn('fake-idle');
    await home.run(['terminate', id]);
    const terminal = new Terminal(home);
    terminal.type('attach', id);
    assert.equal(await terminal.exits(), 0);
    assert.match(terminal.screen(), new RegExp(`has ended.*\\n.*agentpool logs ${id}`));
  });
});
