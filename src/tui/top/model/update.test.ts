import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { workerStates } from '../../../events/catalogue/words.ts';
import { aSnapshot, aState, aWorker } from '../testing/states.ts';
import { shownWorkers } from './state.ts';
import { update } from './update.ts';

const [one, two, three] = [
  aWorker('AWAITING_APPROVAL', { task: 'Rename the tables', provider_id: 'claude-code' }),
  aWorker('RUNNING', { task: 'Fix the parser' }),
  aWorker('COMPLETED', { task: 'Explain the cache', alive: 0 }),
];
const state = aState(aSnapshot({ workers: [one, two, three] }));
const idOf = (worker: typeof one) => worker.session.id;

describe('the selection', () => {
  it('begins with the worker that needs a person first', () => assert.equal(state.selected, idOf(one)));

  it('moves, and stops at both ends', () => {
    const down = (from: typeof state, by: number) => update(from, { kind: 'moved', by });
    assert.equal(down(state, 1).selected, idOf(two));
    assert.equal(down(state, 9).selected, idOf(three));
    assert.equal(down(state, -1).selected, idOf(one));
  });

  it('stays with its worker when the order changes', () => {
    const snapshot = aSnapshot({ workers: [two, three, one] });
    assert.equal(update(state, { kind: 'read', snapshot }).selected, idOf(one));
  });

  it('goes to the one in its place when its worker is gone', () => {
    const selected = update(state, { kind: 'selected', id: idOf(two) });
    const after = update(selected, { kind: 'read', snapshot: aSnapshot({ workers: [one, three] }) });
    assert.equal(after.selected, idOf(three));
  });

  it('is always one that is shown, if any is', () => {
    const aSet = fc.array(fc.constantFrom(...workerStates)).map((all) => all.map((each) => aWorker(each)));
    const aChange = fc.oneof(
      aSet.map((workers) => ({ kind: 'read' as const, snapshot: aSnapshot({ workers }) })),
      fc.integer({ min: -9, max: 9 }).map((by) => ({ kind: 'moved' as const, by })),
      fc.constantFrom('', 'run', 'par', 'x').map((text) => ({ kind: 'filter' as const, text })),
      fc.constant({ kind: 'unfiltered' as const }),
    );
    fc.assert(
      fc.property(fc.array(aChange), (changes) => {
        const after = changes.reduce(update, state);
        const ids = shownWorkers(after).map(idOf);
        assert.ok(ids.length === 0 ? after.selected === null : ids.includes(after.selected ?? ''));
      }),
    );
  });
});

describe('the filter', () => {
  const filtered = (text: string) => shownWorkers(update(state, { kind: 'filter', text })).map(idOf);

  it('finds words of the task, the agent and the state, in any order', () => {
    assert.deepEqual(filtered('tables approval claude'), [idOf(one)]);
    assert.deepEqual(filtered('PARSER'), [idOf(two)]);
    assert.deepEqual(filtered('completed'), [idOf(three)]);
    assert.deepEqual(filtered('nothing of that'), []);
  });
});
