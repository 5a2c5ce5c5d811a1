import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import type { DomainEvent } from '../../../events/catalogue/index.ts';
import { workerStream } from '../../../machines/worker/state.ts';
import type { AppContext } from '../../core/context.ts';
import { JoinedHome, type Known, Machine, share } from '../../testing/fleet.ts';
import type { Stats } from '../stats/shape.ts';
import { placeOf, type StatsRequest, stats } from '../stats/stats.ts';
import { placeOfAllMachines } from './stats.ts';

const HOUR = 3_600_000;
const NOON = Date.parse('2026-03-04T12:00:00.000Z');
const EVENING = new Date(NOON + 10 * HOUR);
const SECTIONS = ['sessions', 'parallelism', 'walls', 'utilization', 'days'];

const cancelled = {
  type: 'worker.spawn_failed',
  data: { state: 'FAILED', code: 'TMUX_FAILED', reason: 'no server' },
} as DomainEvent;

/** A worker of Codex on a machine, from one moment to another; null for one that goes on. */
function worked(machine: Machine, id: string, from: number, to: number | null): void {
  machine.now = new Date(from);
  machine.request(id, { provider_id: 'codex-cli' });
  if (to === null) return;
  machine.now = new Date(to);
  machine.append(workerStream(id), cancelled);
}

describe('the statistics of all machines', () => {
  const joined = new JoinedHome();
  const { self } = joined;
  const laptop = new Machine('laptop');
  let app: AppContext;
  before(async () => {
    app = await joined.open();
    worked(self, 'ap_one', NOON, NOON + HOUR);
    worked(laptop, 'ap_two', NOON, NOON + 2 * HOUR);
    worked(laptop, 'ap_three', NOON + 5 * HOUR, null);
  });
  after(() => app.ledger.close());

  async function reported(known: Known, request: StatsRequest = {}): Promise<Stats> {
    share(app.paths.fleet, self, [{ machine: laptop, known }]);
    const given = () => ({ ...app.given(), now: EVENING });
    const place = placeOfAllMachines({ ...app, given });
    return stats(place, { since: '12h', sections: SECTIONS, ...request }, EVENING);
  }

  it('count the workers of each, and how many of them were at work at once', async () => {
    const { sessions, parallelism, machines, all_machines } = await reported({});
    assert.equal(all_machines, true);
    assert.deepEqual(
      machines?.map(({ name }) => name),
      ['desk', 'laptop'],
    );
    assert.deepEqual([sessions?.total, sessions?.spawned], [3, 3]);
    assert.equal(parallelism?.peak_concurrent, 2);
  });

  it('go by one clock', async () => {
    const ahead = await reported({ clock_ahead_ms: 3 * HOUR });
    // What began at noon by its clock began three hours earlier, before the window.
    assert.deepEqual([ahead.sessions?.total, ahead.sessions?.spawned], [3, 2]);
    assert.equal(ahead.parallelism?.peak_concurrent, 1);
  });

  it('count the hours of a worker that goes on until its machine was last seen', async () => {
    const hours = async (known: Known) => (await reported(known)).parallelism?.sum_worker_hours ?? 0;
    assert.ok(Math.abs((await hours({})) - 8) < 0.01);
    assert.ok(Math.abs((await hours({ seen_ms_ago: 4 * HOUR })) - 4) < 0.01);
  });

  it('say that tokens and limits are those of this machine', async () => {
    const { data_quality } = await reported({}, { sections: ['quota', 'tokens'] });
    const codes = data_quality.map(({ code }) => code);
    assert.ok(codes.includes('quota_of_this_machine') && codes.includes('tokens_of_this_machine'));
  });

  it('are of every coordinator', async () => {
    await assert.rejects(reported({}, { scope: 'mine' }), { code: 'INVALID_SCOPE' });
  });
});

describe('any split of the workers over machines', () => {
  const whole = new Machine('whole');
  const joined = new JoinedHome();
  const machines = [joined.self, new Machine('one'), new Machine('two')];

  it('has the statistics of all of them on one machine', async () => {
    const app = await joined.open();
    const worker = fc.record({
      machine: fc.nat(2),
      gap: fc.integer({ min: 1, max: 90 }),
      minutes: fc.integer({ min: 1, max: 300 }),
    });
    const drawn =
      fc.sample(fc.array(worker, { minLength: 30, maxLength: 30 }), { numRuns: 1, seed: 3 })[0] ?? [];
    let from = NOON;
    const events = drawn.flatMap(({ machine, gap, minutes }, index) => {
      from += gap * 60_000;
      const of = { id: `ap_w${index}`, machine };
      return [
        { ...of, at: from, begins: true },
        { ...of, at: from + minutes * 60_000, begins: false },
      ];
    });
    for (const { id, machine, at, begins } of events.toSorted((one, other) => one.at - other.at))
      for (const on of [whole, machines[machine] ?? joined.self]) {
        on.now = new Date(at);
        if (begins) on.request(id, { provider_id: 'codex-cli' });
        else on.append(workerStream(id), cancelled);
      }
    share(
      app.paths.fleet,
      joined.self,
      machines.slice(1).map((machine) => ({ machine })),
    );
    const now = new Date(NOON + 100 * HOUR);
    for (const since of ['all', '60h', '4d']) {
      const request = { since, sections: SECTIONS };
      const split = await stats(placeOfAllMachines(app), request, now);
      const alone = await stats(
        { ...placeOf(app), rows: whole.ledger, reading: (ask) => ask() },
        request,
        now,
      );
      for (const section of ['window', 'sessions', 'parallelism', 'walls', 'utilization', 'days'] as const)
        assert.deepEqual(split[section], alone[section], `${section} of ${since}`);
    }
    app.ledger.close();
  });
});
