import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { WorkerState } from '../../events/catalogue/words.ts';
import type { Loss } from '../../workspace/worktrees/removal.ts';
import { blockade } from './worktrees.ts';

const clean: Loss = {
  exists: true,
  dirty: false,
  ignored: [],
  head: null,
  locked: null,
};
const worker = (state: WorkerState, alive: 0 | 1) => ({ id: 'ap_1', state, alive });
const gone = worker('COMPLETED', 0);

describe('a worktree', () => {
  it('is removed when its worker is gone and nothing would be lost', () => {
    assert.equal(blockade(gone, clean, false), null);
  });

  it('stays while its worker works, even when forced', () => {
    for (const state of ['STARTING', 'RUNNING', 'AWAITING_APPROVAL', 'IDLE', 'UNKNOWN'] as const) {
      for (const force of [false, true]) {
        assert.equal(blockade(worker(state, 1), clean, force)?.code, 'WORKTREE_ACTIVE');
      }
    }
  });

  it('stays while the process of a finished worker still runs, unless forced', () => {
    assert.equal(blockade(worker('COMPLETED', 1), clean, false)?.code, 'WORKTREE_ACTIVE');
    assert.equal(blockade(worker('COMPLETED', 1), clean, true), null);
  });

  it('stays if it has changes or a lock, unless forced; the reason says how', () => {
    const dirty = blockade(gone, { ...clean, dirty: true }, false);
    assert.equal(dirty?.code, 'WORKTREE_DIRTY');
    assert.match(dirty?.example ?? '', /worktrees cleanup ap_1 --force/);
    const locked = blockade(gone, { ...clean, locked: 'on a stick' }, false);
    assert.equal(locked?.code, 'WORKTREE_LOCKED');
    assert.match(locked?.reason ?? '', /on a stick/);
    assert.equal(blockade(gone, { ...clean, dirty: true, locked: '' }, true), null);
  });
});
