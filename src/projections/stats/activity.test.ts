import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { freshFile } from '../../events/testing/stores.ts';
import { samples } from '../../machines/testing/samples.ts';
import type { WorkerCommand } from '../../machines/worker/commands.ts';
import { openLedger } from '../projector/ledger.ts';
import { act } from '../testing/life.ts';
import { limitRanges } from '../usage/queries.ts';
import { firstSpawn, workersWithin } from './queries.ts';

const BEGIN = Date.parse('2026-03-04T12:00:00.000Z');
const at = (second: number) => BEGIN + second * 1000;
const everybody = { coordinator: null, provider: null };
const always = { start: 0, end: at(1e9), ...everybody };

const request = (changes: Partial<Extract<WorkerCommand, { kind: 'request' }>> = {}): WorkerCommand => ({
  ...samples.request[0],
  ...changes,
});
const seen = (event: string, changes: object = {}): WorkerCommand =>
  ({ ...samples.observe.find((sample) => sample.event === event), ...changes }) as WorkerCommand;

/** A ledger, and a worker's history as pairs of second and command. */
function history() {
  let second = 0;
  const ledger = openLedger(freshFile(), { clock: () => new Date(at(second)) });
  after(() => ledger.close());
  const live = (worker: string, ...deeds: [second: number, command: WorkerCommand][]) => {
    for (const [when, command] of deeds) {
      second = when;
      assert.ok(act(ledger, { worker, command }, second), `${command.kind} at ${when}`);
    }
  };
  return { ledger, live };
}

describe('the activity of workers', () => {
  it('lasts from the request until the worker has completed', () => {
    const { ledger, live } = history();
    live('a', [0, request()], [1, samples.record_started[0]], [60, seen('completed')]);
    const [group] = workersWithin(ledger, always);
    assert.deepEqual([group?.starts, group?.ends, group?.state], [[at(0)], [at(60)], 'COMPLETED']);
    assert.equal(firstSpawn(ledger), at(0));
  });

  it('ends once: later events of an ended worker do not extend it', () => {
    const { ledger, live } = history();
    live('a', [0, request()], [1, samples.record_started[0]], [60, seen('completed')]);
    live('a', [90, samples.record_collection[0]], [100, samples.record_termination[0]]);
    const [group] = workersWithin(ledger, always);
    assert.deepEqual(group?.ends, [at(60)]);
    assert.equal(group?.terminated, 1);
  });

  it('continues when a completed worker receives another message', () => {
    const { ledger, live } = history();
    live('a', [0, request()], [1, samples.record_started[0]], [60, seen('completed')], [70, samples.send[0]]);
    const [group] = workersWithin(ledger, always);
    assert.deepEqual([group?.ends, group?.state], [[null], 'RUNNING']);
  });

  it('includes the state of a worker that has not ended', () => {
    const { ledger, live } = history();
    live('a', [0, request()], [1, samples.record_started[0]], [2, seen('question', { question: 'Which?' })]);
    assert.equal(workersWithin(ledger, always)[0]?.state, 'AWAITING_USER_INPUT');
  });

  it('marks workers that were interrupted, timed out or reached a limit', () => {
    const { ledger, live } = history();
    live('a', [0, request({ provider_id: 'a' })], [1, samples.record_started[0]], [2, samples.interrupt[0]]);
    live(
      'b',
      [3, request({ provider_id: 'b' })],
      [4, samples.record_started[0]],
      [500, samples.exceed_deadline[0]],
    );
    live(
      'c',
      [501, request({ provider_id: 'c' })],
      [502, samples.record_started[0]],
      [503, seen('overage_prompt')],
    );
    live('d', [504, request({ provider_id: 'd' })], [505, samples.record_started[0]]);
    live('d', [506, seen('idle', { readiness: 'limit_reached' })], [507, samples.warn_limit[0]]);
    const marks = Object.fromEntries(
      workersWithin(ledger, always).map((group) => [
        group.provider_id,
        [group.count, group.interrupted, group.timed_out, group.hit_wall],
      ]),
    );
    assert.deepEqual(marks, { a: [1, 1, 0, 0], b: [1, 0, 1, 0], c: [1, 0, 0, 1], d: [1, 0, 0, 1] });
  });

  it('is found by time, coordinator and provider', () => {
    const { ledger, live } = history();
    live('early', [0, request()], [5, samples.fail_spawn[0]]);
    live('long', [6, request({ provider_id: 'codex-cli' })], [7, samples.record_started[0]]);
    live('late', [1000, request({ coordinator_id: 'mcp' })]);
    const found = (filter: object) =>
      workersWithin(ledger, { ...always, ...filter })
        .flatMap(({ starts }) => starts.map((started) => (started - BEGIN) / 1000))
        .sort((a, b) => a - b);
    assert.deepEqual(found({}), [0, 6, 1000]);
    assert.deepEqual(found({ start: at(10) }), [6, 1000]);
    assert.deepEqual(found({ end: at(6) }), [0]);
    assert.deepEqual(found({ start: at(10), end: at(1000) }), [6]);
    assert.deepEqual(found({ coordinator: 'mcp' }), [1000]);
    assert.deepEqual(found({ provider: 'codex-cli' }), [6]);
  });

  it('is grouped by equal attributes, and marks workers spawned within the window', () => {
    const { ledger, live } = history();
    for (const [index, id] of ['a', 'b', 'c'].entries())
      live(id, [index * 10, request()], [index * 10 + 9, samples.fail_spawn[0]]);
    live(
      'd',
      [40, request({ first_choice: { provider_id: 'x', model: 'fable' } })],
      [41, samples.fail_spawn[0]],
    );
    live('e', [50, request({ first_choice: null })], [51, samples.fail_spawn[0]]);
    const groups = workersWithin(ledger, { ...always, start: at(5) });
    assert.deepEqual(
      groups.map(({ walls, count, spawned }) => ({ walls, count, spawned })),
      [
        { walls: null, count: 3, spawned: 2 },
        { walls: ['x'], count: 1, spawned: 1 },
        { walls: [], count: 1, spawned: 1 },
      ],
    );
  });
});

describe('the remaining percentage of the limits', () => {
  it('is returned for each limit of each provider, within the window only', () => {
    const { ledger } = history();
    const insert = (provider: string, name: string, second: number, used: number) =>
      ledger.store.connection
        .prepare(`INSERT INTO ${physical(ledger)} VALUES (?, ?, ?, ?, NULL, 1, NULL)`)
        .run(provider, name, new Date(at(second)).toISOString(), used);
    insert('codex-cli', '5h', 10, 20);
    insert('codex-cli', '5h', 20, 70);
    insert('codex-cli', '5h', 90, 99);
    insert('codex-cli', 'weekly', 10, 5);
    insert('codex-cli', 'monthly', 10, 137);
    insert('claude-code', 'weekly', 90, 5);
    assert.deepEqual(
      [...limitRanges(ledger, at(0), at(60))],
      [
        ['claude-code', []],
        [
          'codex-cli',
          [
            { name: '5h', samples: 2, min: 30, max: 80 },
            { name: 'monthly', samples: 1, min: 0, max: 0 },
            { name: 'weekly', samples: 1, min: 95, max: 95 },
          ],
        ],
      ],
    );
  });
});

const physical = (ledger: ReturnType<typeof openLedger>) =>
  ledger.get<{ name: string }>("SELECT name FROM sqlite_schema WHERE name GLOB 'usage_history__*'")?.name;
