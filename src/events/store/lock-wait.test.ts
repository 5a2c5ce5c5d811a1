import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { errorKind } from '../../lib/error-codes/index.ts';
import { AgentPoolError } from '../../lib/errors.ts';
import { freshFile, freshStore, notes, stranger, TEST } from '../testing/stores.ts';
import { waitingForLock } from './lock-wait.ts';

const busy = () => Object.assign(new Error('database is locked'), { code: 'SQLITE_BUSY' });

describe('waiting for the lock', () => {
  it('ends when the lock is released', () => {
    let refusals = 3;
    const answer = waitingForLock(() => {
      if (refusals-- > 0) throw busy();
      return 'done';
    });
    assert.equal(answer, 'done');
  });

  it('applies only to lock errors', () => {
    let times = 0;
    const failing = () =>
      waitingForLock(() => {
        times += 1;
        throw new Error('something else');
      });
    assert.throws(failing, /something else/);
    assert.equal(times, 1);
  });

  it('fails with LEDGER_BUSY if another program keeps the lock, and works again after its release', () => {
    const file = freshFile();
    const store = freshStore(file);
    const other = stranger(file);
    other.exec('BEGIN IMMEDIATE');
    let ran = false;
    assert.throws(
      () =>
        store.transaction(() => {
          ran = true;
        }),
      (error) =>
        error instanceof AgentPoolError &&
        error.code === 'LEDGER_BUSY' &&
        errorKind(error.code) === 'conflict',
    );
    assert.ok(!ran);
    assert.equal(store.lastPosition(), 0);
    other.exec('ROLLBACK');
    store.append('a', notes('1'), TEST);
    assert.equal(store.lastPosition(), 1);
  });
});
