import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Home } from '../../../workers/testing/home.ts';
import { Terminal } from '../../testing/terminal.ts';

describe('agentpool send --wait', () => {
  const home = new Home();

  it('waits for the end of the turn, and shows a person what the worker printed', async () => {
    const id = await home.spawn('fake-idle');
    await home.reaches(id, 'IDLE');
    const terminal = new Terminal(home, { cols: 100, rows: 40 });
    terminal.type('send', id, 'and now', '--wait');
    assert.equal(await terminal.exits(), 0);
    const screen = terminal.screen();
    assert.match(screen, /^ {2}│ Message 2 noted\.$/m);
    assert.doesNotMatch(screen, /│ Message 1 noted/);
  });

  it('shows the result of a worker that completes', async () => {
    const id = await home.spawn('fake-question');
    await home.reaches(id, 'AWAITING_USER_INPUT');
    const terminal = new Terminal(home, { cols: 100, rows: 40 });
    terminal.type('send', id, 'the migrations', '--wait', '--timeout', '60');
    assert.equal(await terminal.exits(), 0);
    assert.match(terminal.screen(), /│ - The answer was: the migrations/);
  });

  it('prints the delivery and the end of the turn as one object with --json', async () => {
    const id = await home.spawn('fake-question');
    await home.reaches(id, 'AWAITING_USER_INPUT');
    const sent = await home.json(['send', id, 'the endpoints', '--wait']);
    assert.deepEqual([sent.delivery, sent.observation.event], ['delivered', 'completed']);
    assert.equal(sent.observation.worker_output.included, false);
    const again = await home.json(['send', id, 'and more', '--wait', '--detail', 'full']);
    assert.match(again.observation.worker_output.text, /Worked on the further message/);
  });

  it('exits with 124 after --timeout, which alone means to wait', async () => {
    const id = await home.spawn('fake-resume', '--task', 'Look; it takes 600 s');
    await home.reaches(id, 'RUNNING');
    const { code, stdout } = await home.run(['send', id, 'hurry', '--timeout', '1', '--json']);
    assert.equal(code, 124);
    assert.equal(JSON.parse(stdout).observation.event, 'timeout');
    assert.equal(home.session(id).alive, 1);
  });

  it('leaves a script without the words of the worker, unless it asks', async () => {
    const id = await home.spawn('fake-idle');
    await home.reaches(id, 'IDLE');
    const { stdout } = await home.run(['send', id, 'and now', '--wait']);
    assert.match(stdout, new RegExp(`^${id} .*IDLE`));
    assert.doesNotMatch(stdout, /noted/);
  });
});
