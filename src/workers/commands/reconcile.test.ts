import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TmuxServer } from '../../terminal/tmux/server.ts';
import { openApp } from '../core/context.ts';
import { Home } from '../testing/home.ts';
import { reconcile } from './reconcile.ts';

describe('reconciling the ledger with the terminals', () => {
  const home = new Home();

  it('leaves the terminal of a worker that is resumed while what its former one has left is removed', async () => {
    const id = await home.spawn('fake-idle');
    await home.reaches(id, 'IDLE');
    home.killServers();
    await home.reaches(id, 'LOST');
    const app = await openApp(home.env, 'cli');
    // No server answers when it is asked, and one runs when the answer is there.
    const isListening = async () => {
      await home.run(['resume', id]);
      return false;
    };
    const server = Object.assign(Object.create(app.tmux.newFor(id)) as TmuxServer, { isListening });
    const tmux = Object.assign(Object.create(app.tmux) as typeof app.tmux, { all: () => [server] });
    await reconcile({ ...app, tmux });
    assert.equal(home.session(id).alive, 1);
    assert.equal(await app.tmux.of(id).isListening(), true);
    await home.reaches(id, 'IDLE');
    app.ledger.close();
    await home.run(['terminate', id]);
  });
});
