import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { temporaryFolder } from '../../lib/testing/processes.ts';
import { until } from '../../lib/testing/until.ts';
import { plainRequest } from '../../machines/testing/request.ts';
import { samples } from '../../machines/testing/samples.ts';
import type { WorkerCommand } from '../../machines/worker/commands.ts';
import { workerStream } from '../../machines/worker/state.ts';
import { Backlog } from './backlog.ts';
import { openApp } from './context.ts';
import { record, recordOrKeep, type WatchContext, WorkerStream } from './record.ts';

/** What a watcher records of a worker. */
const SEEN: readonly WorkerCommand[] = [
  ...samples.observe,
  ...samples.warn_limit,
  ...samples.warn_retry,
  ...samples.recover,
  ...samples.record_exit,
  ...samples.lose,
  { kind: 'exceed_deadline', measured: true },
];

/** A command, or what happens to the disk. */
type Step = WorkerCommand | 'full' | 'read-only' | 'free';

/** Makes a ledger that this process cannot write for a while, in two ways, without rights on the machine. */
function disk(app: WatchContext) {
  const { connection } = app.ledger.store;
  const pages = () => Number(connection.pragma('page_count', { simple: true }));
  return {
    // The next page that an append needs is refused; appends that fit into the last one are not.
    full: () => connection.pragma(`max_page_count = ${pages()}`),
    'read-only': () => connection.pragma('query_only = ON'),
    free: () => {
      connection.pragma('query_only = OFF');
      connection.pragma('max_page_count = 1000000');
    },
  };
}

/** A home whose clock goes a second forward with each `tick`. */
async function makeHome() {
  const opened = await openApp({ AGENTPOOL_HOME: join(temporaryFolder(), 'home') }, 'watcher');
  after(() => opened.ledger.close());
  let now = Date.parse('2026-01-01T12:00:00Z');
  const given = () => ({ now: new Date(now), newId: () => 'ap_new' });
  const app: WatchContext = { ...opened, given, backlog: new Backlog(() => given().now) };
  const tick = () => {
    now += 1000;
  };
  return { app, tick, disk: disk(app) };
}

/** A running worker, as its watcher holds it. */
function watched(home: Awaited<ReturnType<typeof makeHome>>, id: string) {
  const app = { ...home.app, backlog: new Backlog(() => home.app.given().now) };
  record(app, id, { ...plainRequest(id), max_runtime_seconds: 60 });
  record(app, id, samples.record_started[0]);
  record(app, id, samples.record_prompt[0]);
  const stream = new WorkerStream(app, { id, run: 1 }, () => {});
  stream.catchUp();
  return { ...home, app, stream };
}

/** The events of the worker as far as a reader can see what happened, and when it was seen. */
const history = ({ ledger }: WatchContext, id: string) =>
  ledger.stream(workerStream(id)).map(({ type, data }) => ({ type, data }));

describe('a ledger that cannot be written for a while', () => {
  it('holds the same events afterwards as one that always could, and the watcher never believed anything else', async () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom<Step[]>(...SEEN) },
      { weight: 1, arbitrary: fc.constantFrom<Step[]>('full', 'read-only', 'free') },
    );
    const [home, twin] = [await makeHome(), await makeHome()];
    let workers = 0;
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 25 }), (steps) => {
        const id = `ap_${workers++}`;
        const [one, other] = [watched(home, id), watched(twin, id)];
        for (const each of steps) {
          for (const { tick } of [one, other]) tick();
          if (typeof each === 'string') one.disk[each]();
          else
            assert.deepEqual(
              one.stream.recordUnlessRejected(each)?.map(({ type, data }) => ({ type, data })),
              other.stream.recordUnlessRejected(each)?.map(({ type, data }) => ({ type, data })),
            );
          assert.deepEqual(one.stream.catchUp(), other.stream.catchUp());
        }
        one.disk.free();
        assert.equal(one.app.backlog.close(), 0);
        assert.deepEqual(history(one.app, id), history(other.app, id));
      }),
      { numRuns: 50 },
    );
  });

  it('holds the times at which things were seen, in order, and is written without being asked', async () => {
    const { app, stream, tick, disk } = watched(await makeHome(), 'ap_2');
    disk['read-only']();
    const times: string[] = [];
    const question = SEEN.filter((command) => command.kind === 'observe' && command.event === 'question');
    for (const command of [...question, samples.record_exit[0]]) {
      tick();
      times.push(app.given().now.toISOString());
      stream.recordUnlessRejected(command);
    }
    assert.equal(app.ledger.stream(workerStream('ap_2')).length, 3);
    assert.equal(stream.catchUp().alive, false);
    disk.free();
    const events = await until('the events', () => {
      const all = app.ledger.stream(workerStream('ap_2'));
      return all.length === 5 && all.slice(3);
    });
    assert.deepEqual(
      events.map(({ type, occurred_at }) => [type, occurred_at]),
      [
        ['worker.transitioned', times[0]],
        ['worker.exited', times[1]],
      ],
    );
    assert.ok(events.every(({ occurred_at, recorded_at }) => recorded_at > occurred_at));
  });

  it('does not get an old look at a screen whose worker was given a message since', async () => {
    const { app, stream, disk } = watched(await makeHome(), 'ap_3');
    disk['read-only']();
    const idle = samples.observe.find(({ event }) => event === 'idle') ?? samples.observe[0];
    assert.equal(stream.recordUnlessRejected(idle)?.[0]?.type, 'worker.transitioned');
    disk.free();
    record(app, 'ap_3', samples.send[0]);
    assert.equal(app.backlog.close(), 0);
    assert.equal(app.ledger.stream(workerStream('ap_3')).at(-1)?.type, 'worker.message_sent');
  });

  it('makes those wait that must not act without their record; what is lost when it is closed is counted', async () => {
    const { app, disk } = watched(await makeHome(), 'ap_4');
    await app.backlog.empty();
    disk['read-only']();
    recordOrKeep(app, 'ap_4', { kind: 'exceed_deadline', measured: true });
    let acted = false;
    const acting = app.backlog.empty().then(() => {
      acted = true;
    });
    assert.equal(app.backlog.close(), 1);
    await assert.rejects(acting, { code: 'LEDGER_NOT_WRITABLE' });
    await assert.rejects(app.backlog.empty(), { code: 'LEDGER_NOT_WRITABLE' });
    assert.equal(acted, false);
  });
});
