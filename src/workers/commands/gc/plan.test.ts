import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isDue, planGc, type RemovableKind, type RetentionLimits, type WorkerFacts } from './plan.ts';

const DAY = 86_400_000;
const NOW = Date.parse('2026-03-04T12:00:00Z');
const everything: RetentionLimits = { worktree: DAY, recording: DAY, artifacts: DAY };

const clean: WorkerFacts = {
  id: 'ap_1',
  endedAt: NOW - 2 * DAY,
  hold: null,
  isLost: false,
  newest: null,
  worktree: { path: '/w', bytes: 10, refusal: null, note: null },
  recording: { path: '/a/recording', bytes: 20 },
  artifacts: {
    path: '/a',
    bytes: 50,
    isFolder: true,
    unknown: [],
    neverRan: false,
    isCollected: true,
    patch: 'elsewhere',
  },
  unfinished: [],
};
const { artifacts, worktree } = clean;
assert(artifacts && worktree);

/** What goes and what stays, in short. */
const outcome = (worker: WorkerFacts, limits = everything, now = NOW) => {
  const { remove, keep } = planGc([worker], limits, now);
  return {
    removed: remove.map(({ what, bytes }) => `${what} ${bytes}`),
    kept: keep.map(({ what, code }) => `${what} ${code}`),
  };
};

describe('what gc removes of a worker', () => {
  it('is all of it if its work is somewhere else too; nothing is counted twice', () =>
    assert.deepEqual(outcome(clean), { removed: ['recording 20', 'worktree 10', 'artifacts 30'], kept: [] }));

  it('is nothing before its time, or if it ended in the future', () => {
    for (const endedAt of [NOW - DAY + 1, NOW + 5 * DAY, null])
      assert.deepEqual(outcome({ ...clean, endedAt }), { removed: [], kept: [] });
  });

  it('is by the age of each kind; artifacts stay with a worktree that stays', () => {
    const limits = { worktree: null, recording: DAY, artifacts: DAY };
    assert.deepEqual(outcome(clean, limits), {
      removed: ['recording 20'],
      kept: ['artifacts worktree_kept'],
    });
  });

  it('is only the recording if it was lost: a resume needs the rest', () =>
    assert.deepEqual(outcome({ ...clean, isLost: true }), {
      removed: ['recording 20'],
      kept: ['worktree lost', 'artifacts lost'],
    }));

  it('is not what was never collected, not applied, or not from AgentPool', () => {
    const of = (more: Partial<typeof artifacts>) =>
      outcome({ ...clean, worktree: null, recording: null, artifacts: { ...artifacts, ...more } }).kept;
    assert.deepEqual(of({ isCollected: false }), ['artifacts not_collected']);
    assert.deepEqual(of({ patch: 'nowhere' }), ['artifacts patch_not_applied']);
    assert.deepEqual(of({ unknown: ['notes.md'] }), ['artifacts unknown_files']);
    assert.deepEqual(of({ isFolder: false }), ['artifacts not_a_folder']);
    assert.deepEqual(of({ neverRan: true, isCollected: false }), []);
  });

  it('is of a chain that of the newest first', () => {
    const old = { ...clean, id: 'ap_0', newest: 'ap_1', worktree: null, recording: null };
    const plan = (newest: WorkerFacts[]) => {
      const { remove, keep } = planGc([old, ...newest], everything, NOW);
      return [...remove.map(({ session_id }) => session_id), ...keep.map(({ code }) => code)];
    };
    const alone = { ...clean, worktree: null, recording: null };
    assert.deepEqual(plan([alone]), ['ap_1', 'ap_0']);
    assert.deepEqual(plan([{ ...alone, artifacts: { ...artifacts, isCollected: false } }]), [
      'not_collected',
      'successor_kept',
    ]);
    assert.deepEqual(plan([]), ['successor_kept']);
  });
});

type Place = 'worktree' | 'branch' | 'patch' | 'applied';

/** Some work of a worker, and every place that has a copy of it. */
interface World {
  id: string;
  ageMs: number;
  alive: boolean;
  isLost: boolean;
  isCollected: boolean;
  places: ReadonlySet<Place>;
  hasWorktree: boolean;
}

const world = fc.record({
  ageMs: fc.integer({ min: -3 * DAY, max: 5 * DAY }),
  alive: fc.boolean(),
  isLost: fc.boolean(),
  isCollected: fc.boolean(),
  places: fc.subarray<Place>(['worktree', 'branch', 'patch', 'applied']).map((each) => new Set(each)),
  hasWorktree: fc.boolean(),
});

/** The facts of it, as they are found on the disk and in the ledger. */
function factsOf({ id, ageMs, alive, isLost, isCollected, places, hasWorktree }: World): WorkerFacts {
  const isDirty = places.has('worktree') && !places.has('branch');
  return {
    ...clean,
    id,
    endedAt: alive ? null : NOW - ageMs,
    hold: alive ? 'chain_active' : null,
    isLost,
    worktree: hasWorktree
      ? {
          ...worktree,
          refusal: isDirty ? { code: 'worktree_dirty', reason: 'it has changes', next: null } : null,
        }
      : null,
    artifacts: {
      ...artifacts,
      isCollected,
      patch: !places.has('patch')
        ? 'empty'
        : places.has('branch') || places.has('applied')
          ? 'elsewhere'
          : 'nowhere',
    },
  } as WorkerFacts;
}

describe('gc, whatever workers have left', () => {
  const limits = fc.record({
    worktree: fc.option(fc.integer({ min: 1, max: 4 * DAY })),
    recording: fc.option(fc.integer({ min: 1, max: 4 * DAY })),
    artifacts: fc.option(fc.integer({ min: 1, max: 4 * DAY })),
  });
  const worlds = fc
    .array(world, { maxLength: 8 })
    .map((each) => each.map((one, n) => ({ ...one, id: `ap_${n}` })));

  it('leaves a copy of all work, and the result of what no caller has collected', () =>
    fc.assert(
      fc.property(worlds, limits, (all, ages) => {
        const { remove } = planGc(all.map(factsOf), ages, NOW);
        const goes = (id: string, what: RemovableKind) =>
          remove.some((each) => each.session_id === id && each.what === what);
        for (const each of all) {
          const { id, places, isCollected, hasWorktree } = each;
          const left = new Set(places);
          if (!hasWorktree || goes(id, 'worktree')) left.delete('worktree');
          if (goes(id, 'artifacts')) left.delete('patch');
          const before = new Set(places);
          if (!hasWorktree) before.delete('worktree');
          if (before.size > 0) assert.notEqual(left.size, 0, `the work of ${id}`);
          if (!isCollected) assert.equal(goes(id, 'artifacts'), false, `the result of ${id}`);
        }
      }),
    ));

  it('touches nothing of a worker that runs or is too new, and says why the rest stays', () =>
    fc.assert(
      fc.property(worlds, limits, (all, ages) => {
        const workers = all.map(factsOf);
        const { remove, keep } = planGc(workers, ages, NOW);
        for (const { session_id, what } of remove) {
          const worker = workers.find(({ id }) => id === session_id);
          assert(worker && what !== 'unfinished');
          assert.equal(worker.hold, null);
          assert.ok(isDue(worker.endedAt, ages[what], NOW));
        }
        for (const { id, endedAt, ...found } of workers)
          for (const what of ['worktree', 'recording', 'artifacts'] as const) {
            const settled = [...remove, ...keep].filter(
              (each) => each.session_id === id && each.what === what,
            );
            assert.equal(settled.length, found[what] && isDue(endedAt, ages[what], NOW) ? 1 : 0);
          }
      }),
    ));

  it('never removes artifacts before the worktree that they belong to', () =>
    fc.assert(
      fc.property(worlds, limits, (all, ages) => {
        const { remove } = planGc(all.map(factsOf), ages, NOW);
        for (const [index, { session_id, what, after }] of remove.entries()) {
          if (what !== 'artifacts' || !all.find(({ id }) => id === session_id)?.hasWorktree) continue;
          assert.ok(after.includes(`${session_id} worktree`));
          assert.ok(
            remove.slice(0, index).some((each) => each.session_id === session_id && each.what === 'worktree'),
          );
        }
      }),
    ));
});
