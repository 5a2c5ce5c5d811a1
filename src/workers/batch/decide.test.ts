import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { batchExit, planNext, type Standing, type StandingTask } from './decide.ts';

const task = (name: string, kind: Standing['kind'] = 'open', provider = 'fake'): StandingTask => ({
  name,
  provider,
  standing: { kind, exit: kind === 'asking' ? 'question' : 'completed' } as Standing,
});

const allowed = { parallel: () => 2, places: 9, othersWork: false };

describe('the next steps of several tasks', () => {
  it('are to start as many as may work at once, in their order', () => {
    const { start, isOver } = planNext(
      [task('a'), task('b'), task('c'), task('d', 'open', 'other')],
      allowed,
    );
    assert.deepEqual([start, isOver], [['a', 'b', 'd'], false]);
  });

  it('leave the place of a worker that asks to the next task', () => {
    const tasks = [task('a', 'asking'), task('b', 'working'), task('c'), task('d')];
    assert.deepEqual(planNext(tasks, allowed).start, ['c']);
  });

  it('are over when all that is left waits for an answer', () => {
    assert.equal(planNext([task('a', 'asking'), task('b', 'done')], allowed).isOver, true);
    assert.equal(planNext([task('a', 'asking'), task('b', 'ending')], allowed).isOver, false);
  });

  it('wait for room as long as workers of others work', () => {
    const full = { ...allowed, places: 0 };
    assert.deepEqual(planNext([task('a')], full), { start: [], collect: [], isOver: true });
    assert.equal(planNext([task('a')], { ...full, othersWork: true }).isOver, false);
    assert.equal(planNext([task('a', 'done')], { ...full, othersWork: true }).isOver, true);
  });

  it('never have more at work than may be, start every task once, and come to an end', () => {
    const providers = ['claude', 'codex', 'fake'];
    const given = fc.record({
      tasks: fc.array(fc.constantFrom(...providers), { maxLength: 30 }),
      limits: fc.record({ claude: limit(), codex: limit(), fake: limit() }),
      places: fc.integer({ min: 1, max: 8 }),
      choices: fc.array(fc.nat(), { minLength: 1, maxLength: 100 }),
    });
    fc.assert(
      fc.property(given, ({ tasks, limits, places, choices }) => {
        const standing = tasks.map((provider, index) => task(`t${index}`, 'open', provider));
        const parallel = (provider: string) => limits[provider as keyof typeof limits];
        const started: string[] = [];
        let step = 0;
        const choose = (below: number) => (choices[step++ % choices.length] ?? 0) % below;
        const set = (name: string, next: Standing) => {
          for (const each of standing) if (each.name === name) each.standing = next;
        };
        const at = (kind: Standing['kind']) => standing.filter((each) => each.standing.kind === kind);
        for (let round = 0; ; round++) {
          assert.ok(round <= 5 * tasks.length + 5, 'it does not come to an end');
          const free = places - at('working').length;
          const next = planNext(standing, { parallel, places: free, othersWork: false });
          if (next.isOver) break;
          for (const name of next.start) {
            assert.equal(
              at('open').some((each) => each.name === name),
              true,
            );
            started.push(name);
            set(name, { kind: 'working' });
          }
          for (const provider of providers) {
            const count = at('working').filter((each) => each.provider === provider).length;
            assert.ok(count <= parallel(provider));
          }
          for (const name of next.collect) set(name, { kind: 'done', exit: 'completed' });
          const working = at('working');
          const chosen = working[choose(Math.max(1, working.length))];
          const end: Standing =
            choose(4) === 0 ? { kind: 'asking', exit: 'question' } : { kind: 'ending', exit: 'completed' };
          if (chosen) set(chosen.name, end);
        }
        assert.deepEqual(started.sort(), standing.map(({ name }) => name).sort());
        assert.deepEqual([at('open'), at('working'), at('ending')], [[], [], []]);
      }),
      { numRuns: 200 },
    );
  });
});

const limit = () => fc.integer({ min: 1, max: 4 });

describe('the exit of a run of several tasks', () => {
  it('is completed only if all tasks are, and else the one that needs the caller first', () => {
    assert.equal(batchExit([]), 'completed');
    assert.equal(batchExit(['completed', 'completed']), 'completed');
    assert.equal(batchExit(['completed', 'timeout', 'failed']), 'failed');
    assert.equal(batchExit(['failed', 'question', 'approval']), 'question');
    assert.equal(batchExit(['question', 'interrupted']), 'interrupted');
  });
});
