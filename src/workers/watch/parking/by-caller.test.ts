import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { packageRoot } from '../../../lib/package-root.ts';
import { until } from '../../../lib/testing/until.ts';
import { openApp } from '../../core/context.ts';
import { sessionNamed } from '../../core/sessions/named-session.ts';
import { Home } from '../../testing/home.ts';
import { parkWorker } from './by-caller.ts';

/** A home with a provider whose limits are what a file says, and a worker of it at its prompt. */
async function atItsPrompt() {
  const home = new Home();
  const file = join(home.ground, 'limits.json');
  const script = `cat ${file} 2>/dev/null`;
  const provider = {
    id: 'mine',
    command: [process.execPath, join(packageRoot(), 'fixtures', 'agents', 'fake-idle.mjs')],
    usage_command: ['/bin/sh', '-c', script],
  };
  mkdirSync(home.folder, { recursive: true, mode: 0o700 });
  writeFileSync(
    join(home.folder, 'config.yaml'),
    JSON.stringify({ version: 1, custom_providers: [provider] }),
  );
  const id = await home.spawn('mine');
  await home.reaches(id, 'IDLE');
  const used = async (used_percent: number, resetAt: Date) => {
    const windows = [{ kind: '5h', used_percent, reset_at: resetAt.toISOString() }];
    writeFileSync(file, JSON.stringify({ windows }));
    await home.run(['usage-summary', '--refresh', '--provider', 'mine']);
  };
  return { home, id, used };
}

const inMs = (ms: number) => new Date(Date.now() + ms);

describe('a worker that a caller parks', () => {
  it('waits for the reset of its limit, and is continued by the watcher that runs already', async () => {
    const { home, id, used } = await atItsPrompt();
    const reset = inMs(6000);
    await used(100, reset);
    const app = await openApp(home.env, 'test');
    try {
      const { until: at } = parkWorker(app, sessionNamed(app, id));
      assert.equal(at, reset.toISOString());
      assert.equal(sessionNamed(app, id).state, 'PARKED');
    } finally {
      app.ledger.close();
    }
    // Its limit is over when the watcher asks.
    await used(0, inMs(5 * 3600_000));
    await until(
      'its continuation',
      () => home.eventsOf('worker.message_sent', id).some(({ data }) => data.continuation),
      () => JSON.stringify(home.events(id).map(({ type, data }) => [type, data])),
    );
    await home.reaches(id, 'IDLE');
    assert.equal(home.eventsOf('worker.park_ended', id).length, 0);
    assert.equal((await home.run(['replay', id, '--verify'])).code, 0);
  });

  it('is refused while no limit is known to be reached, and nothing is recorded', async () => {
    const { home, id, used } = await atItsPrompt();
    await used(30, inMs(3600_000));
    const app = await openApp(home.env, 'test');
    try {
      // The watcher may record what it sees meanwhile.
      const recorded = () => home.events(id).filter(({ actor }) => actor === 'test').length;
      const before = recorded();
      assert.throws(() => parkWorker(app, sessionNamed(app, id)), { code: 'NO_LIMIT_REACHED' });
      assert.equal(recorded(), before);
    } finally {
      app.ledger.close();
    }
  });
});
