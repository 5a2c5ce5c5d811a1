import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { replicaFile } from '../../../fleet/replicas/replica.ts';
import { temporaryFolder } from '../../../lib/testing/processes.ts';
import { type AppContext, openApp } from '../../core/context.ts';
import { sessionList } from '../../core/sessions/session-list.ts';
import { JoinedHome, type Known, Machine, share } from '../../testing/fleet.ts';
import { sessionListOfAllMachines } from './sessions.ts';

const HOUR = 3_600_000;
const NOON = Date.parse('2026-03-04T12:00:00.000Z');

describe('the sessions of all machines', () => {
  const joined = new JoinedHome();
  const { self } = joined;
  let app: AppContext;
  const laptop = new Machine('laptop');
  const box = new Machine('box');
  const broken = new Machine('broken');
  const unfetched = new Machine('unfetched');
  const shared = (known: Known = {}) =>
    share(app.paths.fleet, self, [{ machine: laptop, known }, { machine: box }]);
  const ids = (request: Parameters<typeof sessionListOfAllMachines>[1] = {}) =>
    sessionListOfAllMachines(app, request).list.sessions.map(({ id, machine }) => `${id} ${machine}`);

  before(async () => {
    app = await joined.open();
    for (const [minute, machine, id] of [
      [1, self, 'ap_one'],
      [2, laptop, 'ap_two'],
      [3, box, 'ap_three'],
      [4, laptop, 'ap_four'],
    ] as const) {
      machine.now = new Date(NOON + minute * 60_000);
      machine.request(id, { coordinator_id: `of ${machine.name}` });
    }
    shared();
  });
  after(() => app.ledger.close());

  it('are in one list, newest first, each with the name of its machine', () => {
    assert.deepEqual(ids(), ['ap_four laptop', 'ap_three box', 'ap_two laptop', 'ap_one desk']);
    const { list } = sessionListOfAllMachines(app, { limit: 3 });
    assert.deepEqual(list.pagination, {
      count: 3,
      total: 4,
      limit: 3,
      offset: 0,
      has_more: true,
      next_offset: 3,
    });
    assert.deepEqual(ids({ limit: 3, offset: 3 }), ['ap_one desk']);
    assert.equal(list.scope.all_machines, true);
    assert.equal(list.scope.current_coordinator_only, false);
  });

  it('are filtered on each machine', () => {
    assert.deepEqual(ids({ state: 'COMPLETED' }), []);
    assert.equal(ids({ live: true }).length, 4);
    assert.deepEqual(ids({ provider: 'nobody' }), []);
  });

  it('have times by the clock of this machine, wherever the clock of theirs is', () => {
    shared({ clock_ahead_ms: 2 * HOUR });
    assert.deepEqual(ids(), ['ap_three box', 'ap_one desk', 'ap_four laptop', 'ap_two laptop']);
    const { sessions } = sessionListOfAllMachines(app, {}).list;
    const four = sessions.find(({ id }) => id === 'ap_four');
    assert.equal(four?.created_at, new Date(NOON + 4 * 60_000 - 2 * HOUR).toISOString());
    shared();
  });

  it('lack what cannot be read, and say why', async () => {
    unfetched.request('ap_far');
    mkdirSync(app.paths.fleet, { recursive: true });
    writeFileSync(replicaFile(app.paths.fleet, broken.id), 'no database at all, but long enough to be one');
    share(app.paths.fleet, self, [
      { machine: laptop, known: { seen_ms_ago: HOUR, fault: 'it does not follow' } },
      { machine: broken, log: false },
      { machine: unfetched, log: false },
    ]);
    const { list } = sessionListOfAllMachines(app, {});
    const seen = Object.fromEntries((list.machines ?? []).map((machine) => [machine.name, machine]));
    assert.match(seen.broken?.fault ?? '', /cannot be read: .*sqlite/);
    assert.equal(seen.laptop?.fault, 'it does not follow');
    assert.ok((seen.laptop?.last_seen_ms_ago ?? 0) >= HOUR);
    assert.deepEqual([seen.unfetched?.lag, seen.unfetched?.fault], [1, null]);
    assert.deepEqual(
      list.sessions.map(({ id }) => id),
      ['ap_four', 'ap_three', 'ap_two', 'ap_one'],
    );
    shared();
  });

  it('are refused where this machine is not in a fleet', async () => {
    const home = temporaryFolder();
    const alone = await openApp({ AGENTPOOL_HOME: home, HOME: home, PATH: '' }, 'cli');
    assert.throws(() => sessionListOfAllMachines(alone, {}), { code: 'FLEET_NOT_JOINED' });
    alone.ledger.close();
  });
});

describe('any split of one set of sessions over machines', () => {
  const whole = new Machine('whole');
  const joined = new JoinedHome();
  const { self } = joined;
  const machines = [self, new Machine('one'), new Machine('two'), new Machine('three')];

  it('has the pages of one list', async () => {
    const app = await joined.open();
    const where = fc.sample(fc.nat(machines.length - 1), { numRuns: 40, seed: 7 });
    for (const [index, place] of where.entries()) {
      const now = new Date(NOON + index * 1000);
      for (const machine of [whole, machines[place] ?? self]) {
        machine.now = now;
        machine.request(`ap_s${index}`, { provider_id: index % 3 === 0 ? 'codex-cli' : 'claude-code' });
      }
    }
    share(
      app.paths.fleet,
      self,
      machines.slice(1).map((machine) => ({ machine })),
    );
    const page = fc.record({
      limit: fc.integer({ min: 1, max: 50 }),
      offset: fc.nat(50),
      provider: fc.option(fc.constantFrom('codex-cli', 'claude-code'), { nil: undefined }),
    });
    const property = fc.property(page, (request) => {
      const expected = sessionList(whole.ledger, { ...request, all: true }, 'cli', app.paths.artifacts);
      const { list } = sessionListOfAllMachines(app, request);
      assert.deepEqual(list.pagination, expected.pagination);
      assert.deepEqual(
        list.sessions.map(({ machine: _, ...session }) => session),
        expected.sessions,
      );
    });
    fc.assert(property);
    app.ledger.close();
  });
});
