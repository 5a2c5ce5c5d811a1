import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Terminal } from '../../cli/testing/terminal.ts';
import { until } from '../../lib/testing/until.ts';
import { type Agent, Home, killed } from '../testing/home.ts';
import type { Notification } from './notification-schema.ts';

const agents: Agent[] = [
  { id: 'repeat', program: 'fake-repeat-question', env: { FAKE_QUESTIONS: '2' } },
  { id: 'done', program: 'fake-done' },
];

/** A home whose notifications go to a program that writes each one to its own file. */
function notifiedHome(
  program: string,
  more: object = {},
): { home: Home; received: () => Notification[]; log: () => string } {
  const file = join(import.meta.dirname, 'testing', 'notifier.mjs');
  const command = [process.execPath, file, program];
  const home = new Home({ agents, config: { notify: { command, ...more } } });
  const received = () =>
    readdirSync(home.folder)
      .filter((name) => name.startsWith('heard-'))
      .sort()
      .map((name) => JSON.parse(readFileSync(join(home.folder, name), 'utf8')) as Notification);
  return { home, received, log: () => readFileSync(join(home.folder, 'run', 'watcher.log'), 'utf8') };
}

describe('notify', () => {
  it('notifies a program of each wait and of the end, once, without the text of the worker', async () => {
    const { home, received } = notifiedHome('write');
    const id = await home.spawn('repeat');
    await home.reaches(id, 'AWAITING_USER_INPUT');
    await until(
      'the first question',
      () => received().length === 1,
      () => JSON.stringify(received()),
    );
    await home.run(['send', id, 'the migrations first']);
    await until(
      'the second question',
      () => received().length === 2,
      () => JSON.stringify(received()),
    );
    await home.run(['send', id, 'and the migrations once more']);
    await until(
      'the end',
      () => received().some(({ event }) => event === 'ended'),
      () => JSON.stringify(received()),
    );
    await home.run(['terminate', id]);
    assert.deepEqual(
      received().map(({ event, state }) => [event, state]),
      [
        ['waits', 'AWAITING_USER_INPUT'],
        ['waits', 'AWAITING_USER_INPUT'],
        ['ended', 'COMPLETED'],
      ],
    );
    const text = JSON.stringify(received());
    assert.doesNotMatch(text, /Which should come first/);
    assert.match(text, new RegExp(`agentpool send ${id}`));
  });

  it('includes the task without its secrets', async () => {
    const { home, received } = notifiedHome('write');
    await home.spawn('done', '--task', 'Use password=hunter2-and-more to look');
    await until(
      'the end',
      () => received().length === 1,
      () => JSON.stringify(received()),
    );
    assert.match(received()[0]?.task ?? '', /^Use password=\[redacted.* to look$/);
  });

  it('sends nothing twice when the watcher is killed, and sends what has happened in between', async () => {
    const { home, received } = notifiedHome('write', { worker_text: true });
    const asking = await home.spawn('fake-question');
    await until(
      'the question',
      () => received().length === 1,
      () => JSON.stringify(received()),
    );
    assert.match(received()[0]?.question ?? '', /\?/);
    const watcher = await until('a watcher', () => home.watcherPid());
    await killed(watcher);
    // The next command that finds a live worker starts another watcher.
    await home.run(['sessions']);
    await until('another watcher', () => home.watcherPid());
    await home.run(['send', asking, 'the migrations first']);
    await until(
      'the end',
      () => received().length === 2,
      () => JSON.stringify(received()),
    );
    assert.deepEqual(
      received().map(({ event }) => event),
      ['waits', 'ended'],
    );
  });

  it('ends a program that hangs, and keeps watching meanwhile', async () => {
    const { home, log } = notifiedHome('hang');
    const first = await home.spawn('fake-question');
    await home.reaches(first, 'AWAITING_USER_INPUT');
    const next = await home.spawn('fake-completed');
    await home.reaches(next, 'COMPLETED');
    await until('its end', () => /did not end within 5 s and was ended/.test(log()), log);
    const pid = Number(readFileSync(join(home.folder, 'hanging'), 'utf8'));
    await until('the end of its process', () => {
      try {
        return !process.kill(pid, 0);
      } catch {
        return true;
      }
    });
  });

  it('logs why a program failed', async () => {
    const { home, log } = notifiedHome('fail');
    const id = await home.spawn('done');
    await home.ends(id);
    await until('the reason', () => /notify of ap_\w+: .*ended with code 3/.test(log()), log);
  });

  it('sends nothing while it is off, and does not send it later', async () => {
    const { home, received } = notifiedHome('write');
    const config = join(home.folder, 'config.yaml');
    const on = readFileSync(config, 'utf8');
    writeFileSync(config, JSON.stringify({ ...JSON.parse(on), notify: 'off' }));
    const id = await home.spawn('fake-question');
    await home.reaches(id, 'AWAITING_USER_INPUT');
    assert.deepEqual([received(), existsSync(join(home.folder, 'run', 'notified.json'))], [[], false]);
    assert.equal(await home.refused(['notify', 'test']), 'NOTIFY_OFF');
  });
});

describe('agentpool notify test', () => {
  it('sends an example, or says why it cannot', async () => {
    const { home, received } = notifiedHome('write');
    assert.equal((await home.run(['notify', 'test'])).code, 0);
    assert.equal(received()[0]?.session_id, 'ap_test');
    const { home: other } = notifiedHome('fail');
    assert.equal(await other.refused(['notify', 'test']), 'NOTIFY_FAILED');
  });

  it('rings the terminal that a worker was spawned from', async () => {
    const home = new Home({ agents, config: { notify: 'bell' } });
    const terminal = new Terminal(home);
    terminal.tmux('set-option', '-g', 'bell-action', 'any');
    terminal.tmux('set-hook', '-g', 'alert-bell', 'set-option -g @rung yes');
    terminal.type('spawn', '--provider', 'fake-question', '--task', 'Look for the parser');
    assert.equal(await terminal.exits(), 0);
    const rung = () => terminal.tmux('show-options', '-gqv', '@rung').trim() === 'yes';
    await until('the bell', rung, () => terminal.screen());
  });
});
