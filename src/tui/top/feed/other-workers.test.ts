import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { until } from '../../../lib/testing/until.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { JoinedHome, Machine, share } from '../../../workers/testing/fleet.ts';
import { actions, whyNot } from '../actions/index.ts';
import type { ListedWorker, WorkerDetail } from '../model/snapshot.ts';
import { workerLines } from '../model/worker-rows.ts';
import { textOf } from '../text/line.ts';
import { DetailFeed } from './detail-feed.ts';
import { OtherWorkers } from './other-workers.ts';
import { snapshotOf } from './snapshot-of.ts';

const NOON = Date.parse('2026-03-04T12:00:00.000Z');

describe('the workers of other machines in the dashboard', () => {
  const joined = new JoinedHome();
  const laptop = new Machine('laptop');
  const others = new OtherWorkers();
  const details: WorkerDetail[] = [];
  const feed = new DetailFeed((detail) => details.push(detail));
  let app: AppContext;
  const shared = () => share(app.paths.fleet, joined.self, [{ machine: laptop }]);
  const listed = (): readonly ListedWorker[] => {
    const beside = { names: new Map(), tokens: new Map(), others: others.workers, isConfigInvalid: false };
    return snapshotOf(app, beside, new Date()).workers;
  };
  const ids = () => listed().map(({ session }) => session.id);
  const there = (): ListedWorker => {
    const worker = listed().find(({ machine }) => machine !== null);
    assert.ok(worker);
    return worker;
  };

  before(async () => {
    app = await joined.open();
    for (const [minute, machine, id] of [
      [1, joined.self, 'ap_one11'],
      [2, laptop, 'ap_two11'],
      [3, joined.self, 'ap_three'],
    ] as const) {
      machine.now = new Date(NOON + minute * 60_000);
      machine.request(id);
    }
    shared();
  });
  after(() => {
    feed.close();
    app.ledger.close();
  });

  it('are listed among those of this one, with the name of their machine', () => {
    assert.equal(others.look(app), true);
    assert.deepEqual(ids(), ['ap_three', 'ap_two11', 'ap_one11']);
    assert.match(
      workerLines([there()], 100, null, new Date()).map(textOf).join(),
      /laptop: Read the checkout/,
    );
  });

  it('are read again when their log has changed, and only then', () => {
    assert.equal(others.look(app), false);
    laptop.request('ap_four1');
    shared();
    assert.equal(others.look(app), true);
    assert.equal(ids().length, 4);
  });

  it('can be looked at, and nothing else', async () => {
    const ofWorkers = actions.filter(({ needs }) => needs === 'worker');
    for (const action of ofWorkers) assert.match(whyNot(action, there(), null) ?? '', /It is on laptop/);
    feed.opened(app);
    feed.show({ worker: there(), diff: true, timeline: true });
    await until('its history', () => details.at(-1)?.timeline.kind === 'loaded');
    const { screen, diff } = details.at(-1) ?? {};
    assert.deepEqual([screen?.kind, diff?.kind], ['failed', 'failed']);
  });

  it('are gone once this machine has left the fleet', () => {
    joined.self.append('fleet', { type: 'fleet.left', data: { machine_id: joined.self.id } });
    assert.equal(others.look(app), true);
    assert.equal(ids().length, 2);
  });
});
