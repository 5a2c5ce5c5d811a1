import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decideQueue, jitterOf, type Obstacle, rankFor, type Situation, type Waiting } from './decide.ts';

const request = (id: string, more: Partial<Waiting> = {}): Waiting => ({
  id,
  key: 'codex-cli',
  coordinator: 'cli',
  rank: Number(id.replace(/\D/g, '')),
  notBefore: null,
  expiresAt: null,
  ...more,
});
const free: Situation = { now: 1000, obstacle: () => null, places: () => 9 };
const limit: Obstacle = { why: 'limit', reason: 'its limit is reached', until: 5000 };

describe('the queue', () => {
  it('starts what may start, in its order, as many as there are places', () => {
    const decided = decideQueue([request('r3'), request('r1'), request('r2')], { ...free, places: () => 2 });
    assert.deepEqual(decided.start, ['r1', 'r2']);
    assert.deepEqual(
      decided.waiting.map(({ id, place, obstacle }) => [id, place, obstacle?.why]),
      [['r3', 1, 'parallel']],
    );
  });

  it('lets others pass a request that waits for its time, its limit or a lease', () => {
    const waiting = [
      request('r1', { notBefore: 3000 }),
      request('r2', { key: 'claude-code' }),
      request('r3'),
    ];
    const obstacle = (id: string) => (id === 'r2' ? limit : null);
    const { start, waiting: left, wakeAt } = decideQueue(waiting, { ...free, obstacle });
    assert.deepEqual([start, left.map(({ id }) => id), wakeAt], [['r3'], ['r1', 'r2'], 3000]);
  });

  it('drops a request at its deadline, and wakes for it before', () => {
    const waiting = [request('r1', { expiresAt: 1000 }), request('r2', { expiresAt: 1001, notBefore: 9000 })];
    const { expired, start, wakeAt } = decideQueue(waiting, free);
    assert.deepEqual([expired, start, wakeAt], [['r1'], [], 1001]);
  });

  it('has a place for everybody, starts nobody too often, and lets nobody pass who only waits for a place', () => {
    const given = fc.record({
      requests: fc.array(
        fc.record({
          key: fc.constantFrom('a', 'b', 'c'),
          coordinator: fc.constantFrom('cli', 'mcp'),
          rank: fc.integer({ min: -5, max: 5 }),
          notBefore: fc.option(fc.integer({ min: 0, max: 2000 })),
          expiresAt: fc.option(fc.integer({ min: 0, max: 2000 })),
          isBlocked: fc.boolean(),
        }),
        { maxLength: 20 },
      ),
      places: fc.record({ cli: fc.integer({ min: -1, max: 5 }), mcp: fc.integer({ min: -1, max: 5 }) }),
      now: fc.integer({ min: 0, max: 2000 }),
    });
    fc.assert(
      fc.property(given, ({ requests, places, now }) => {
        const waiting = requests.map((each, index) => ({ ...each, id: `r${index}` }));
        const of = (id: string) => waiting.find((each) => each.id === id) ?? assert.fail();
        const decided = decideQueue(waiting, {
          now,
          obstacle: (id) => (of(id).isBlocked ? limit : null),
          places: (coordinator) => places[coordinator as 'cli'],
        });
        const all = [...decided.start, ...decided.expired, ...decided.waiting.map(({ id }) => id)];
        assert.deepEqual(all.sort(), waiting.map(({ id }) => id).sort());
        for (const coordinator of ['cli', 'mcp'] as const) {
          const started = decided.start.filter((id) => of(id).coordinator === coordinator);
          assert.ok(started.length <= Math.max(0, places[coordinator]));
        }
        for (const id of decided.start) {
          const { isBlocked, notBefore, expiresAt, rank, coordinator } = of(id);
          assert.ok(!isBlocked && (notBefore ?? 0) <= now && (expiresAt ?? now + 1) > now);
          for (const { id: other, obstacle } of decided.waiting)
            assert.ok(
              obstacle?.why !== 'parallel' || of(other).coordinator !== coordinator || of(other).rank >= rank,
            );
        }
        for (const { obstacle } of decided.waiting) assert.notEqual(obstacle, null);
      }),
      { numRuns: 300 },
    );
  });

  it('moves a request to any place, and says when there is no number between two others', () => {
    const others = [
      { id: 'a', rank: 1 },
      { id: 'b', rank: 2 },
    ];
    assert.equal(rankFor(others, { kind: 'first' }), 0);
    assert.equal(rankFor(others, { kind: 'last' }), 3);
    assert.equal(rankFor(others, { kind: 'before', id: 'b' }), 1.5);
    assert.equal(rankFor(others, { kind: 'before', id: 'a' }), 0);
    const close = [
      { id: 'a', rank: 1 },
      { id: 'b', rank: 1 + Number.EPSILON },
    ];
    assert.equal(rankFor(close, { kind: 'before', id: 'b' }), null);
  });

  it('waits a little after a reset, a tenth of the wait and a minute at most', () => {
    for (const id of ['ap_2c3dn9cxf7', 'ap_7b3kaarwpz', 'ap_q6gdr47yde']) {
      assert.ok(jitterOf(id, 5000) <= 500);
      assert.ok(jitterOf(id, 86_400_000) <= 60_000);
      assert.equal(jitterOf(id, 5000), jitterOf(id, 5000));
    }
  });
});
