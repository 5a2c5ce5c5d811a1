import assert from 'node:assert/strict';
import { renameSync } from 'node:fs';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { identity, isAlive } from '../../../lib/process/processes.ts';
import { until } from '../../../lib/testing/until.ts';
import { Home } from '../../testing/home.ts';

/** The process of the watcher that the ledger names. */
async function watcherOf(home: Home) {
  const pid = await until('the watcher', () => home.watcherPid());
  const process_ = identity(pid);
  assert.ok(process_);
  return process_;
}

const ended = (process_: { pid: number; started: string }) =>
  until(`the end of ${process_.pid}`, () => !isAlive(process_));

describe('a watcher that is suspended', () => {
  const home = new Home({ agents: [{ id: 'asks', program: 'fake-question' }] });

  it('is replaced by the next command; when it wakes, it writes nothing and ends, and nothing is recorded twice', async () => {
    const id = await home.spawn('asks');
    await home.reaches(id, 'AWAITING_USER_INPUT');
    const old = await watcherOf(home);
    process.kill(old.pid, 'SIGSTOP');
    try {
      // Not by a command: what the worker prints now, both watchers will have seen.
      home.tmux(id, 'send-keys', '-t', home.session(id).tmux_pane, 'both', 'Enter');
      await until('another watcher', async () => {
        await home.run(['sessions']);
        await sleep(200);
        return home.watcherPid() !== old.pid;
      });
      await home.reaches(id, 'COMPLETED');
    } finally {
      process.kill(old.pid, 'SIGCONT');
    }
    await ended(old);
    const next = await watcherOf(home);
    assert.notEqual(next.pid, old.pid);
    const seen = home.eventsOf('worker.transitioned', id).map(({ data }) => data.observe_event);
    assert.deepEqual(
      seen.filter((event) => event !== 'screen_changed'),
      ['question', 'completed'],
    );
    assert.deepEqual(
      home
        .events()
        .flatMap((event) =>
          'fence' in event.data && event.type === 'watcher.started' ? event.data.fence : [],
        ),
      [1, 2],
    );
    const { stdout } = await home.run(['transcript', id]);
    assert.equal(stdout.split('Answer received').length, 2, 'each line is in the transcript once');
    await home.run(['terminate', id]);
    assert.equal(home.session(id).state, 'COMPLETED');
  });
});

describe('a watcher whose ledger is gone', () => {
  for (const what of ['home', 'ledger'] as const) {
    it(`ends by itself when its ${what} was moved away`, async () => {
      const home = new Home();
      const id = await home.spawn('fake-idle');
      const watcher = await watcherOf(home);
      await home.reaches(id, 'IDLE');
      const [path, elsewhere] =
        what === 'home'
          ? [home.folder, `${home.folder}-moved`]
          : [home.ledgerFile, `${home.ledgerFile}-moved`];
      renameSync(path, elsewhere);
      await ended(watcher);
      renameSync(elsewhere, path);
      assert.equal(
        home.eventsOf('watcher.stopped').length,
        0,
        'it writes nothing into a ledger that is not there',
      );
      assert.equal(home.session(id).alive, 1);
    });
  }
});
