import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { until } from '../../../lib/testing/until.ts';
import { type AppContext, openApp } from '../../../workers/core/context.ts';
import { Home } from '../../../workers/testing/home.ts';
import type { ListedWorker, WorkerDetail } from '../model/snapshot.ts';
import { DetailFeed } from './detail-feed.ts';

describe('what is known of the selected worker', () => {
  const home = new Home();
  const details: WorkerDetail[] = [];
  const feed = new DetailFeed((next) => details.push(next));
  let app: AppContext;
  before(async () => {
    app = await openApp(home.env, 'cli');
  });
  after(() => {
    feed.close();
    app.ledger.close();
  });

  it('is its screen, although it was selected just before it had a terminal', async () => {
    const id = await home.spawn('fake-idle');
    const session = home.session(id);
    const worker: ListedWorker = {
      session,
      machine: null,
      since: '',
      parked: null,
      place: null,
      trouble: null,
      tokens: null,
    };
    const starting: ListedWorker = {
      ...worker,
      session: { ...session, pane_pid: null, version: session.version - 1 },
    };
    feed.opened(app);
    feed.show({ worker: starting, diff: false, timeline: false });
    feed.show({ worker, diff: false, timeline: false });
    // Its row has changed, and then the selection has settled.
    const reads = () => new Set(details.flatMap(({ words }) => words ?? [])).size;
    await until('both readings', () => reads() === 2);
    await until('its screen', () => details.some(({ screen }) => screen.kind === 'loaded'));
    assert.equal(details.at(-1)?.screen.kind, 'loaded');
    await home.run(['terminate', id]);
  });
});
