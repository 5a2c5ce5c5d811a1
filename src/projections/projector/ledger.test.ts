import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { accepted, type Decider, rejected } from '../../events/decider.ts';
import { freshFile, TEST, textsOf } from '../../events/testing/stores.ts';
import { counter, now, openedLedger, STREAM } from '../testing/counter.ts';
import type { Ledger } from './ledger.ts';

/** A decider that another process disturbs once, after it has read the stream. */
function disturbed(other: Ledger) {
  const decisions: boolean[] = [];
  const decider = counter(() => {
    decisions.push(other.store.connection.inTransaction);
    if (decisions.length === 1) other.execute(counter(), STREAM, { most: 100 }, now, TEST);
  });
  return { decider, decisions };
}

describe('a command', () => {
  it('is decided once, before the ledger is locked, while nobody else appends', () => {
    const ledger = openedLedger(freshFile());
    const locked: boolean[] = [];
    const decider = counter(() => locked.push(ledger.store.connection.inTransaction));
    const { state } = ledger.execute(decider, STREAM, { most: 100 }, now, TEST);
    assert.deepEqual([state, locked], [1, [false]]);
  });

  it('is decided again when another process was faster', () => {
    const file = freshFile();
    const [mine, other] = [openedLedger(file), openedLedger(file)];
    const { decider, decisions } = disturbed(other);
    const { state, events } = mine.execute(decider, STREAM, { most: 100 }, now, TEST);
    assert.equal(decisions.length, 2);
    assert.equal(state, 2);
    assert.equal(events[0]?.stream_version, 2);
    assert.deepEqual(textsOf(mine.store.read()), ['event 1', 'event 2']);
  });

  it('is rejected if it may not happen any more when the ledger is locked', () => {
    const file = freshFile();
    const [mine, other] = [openedLedger(file), openedLedger(file)];
    const { decider } = disturbed(other);
    assert.throws(() => mine.execute(decider, STREAM, { most: 1 }, now, TEST), { code: 'SESSION_ENDED' });
    assert.deepEqual(textsOf(mine.store.read()), ['event 1']);
  });

  it('is not rejected for a state that it no longer is in', () => {
    const file = freshFile();
    const [mine, other] = [openedLedger(file), openedLedger(file)];
    let tries = 0;
    // Only the second event may follow: at the first look there is none yet.
    const second: Decider<number, null> = {
      ...counter(),
      decide: (count) => {
        tries += 1;
        if (tries === 1) other.execute(counter(), STREAM, { most: 100 }, now, TEST);
        return count === 1 ? accepted() : rejected('SESSION_ENDED', 'too early');
      },
    };
    assert.equal(mine.execute(second, STREAM, null, now, TEST).state, 1);
  });

  it('runs what belongs to it in its transaction, and is rolled back with it', () => {
    const ledger = openedLedger(freshFile());
    const fails = () =>
      ledger.execute(counter(), STREAM, { most: 100 }, now, TEST, (append) => {
        assert.ok(ledger.store.connection.inTransaction);
        assert.equal(append()[0]?.position, 1);
        throw new Error('no');
      });
    assert.throws(fails, /no/);
    assert.equal(ledger.store.lastPosition(), 0);
    assert.equal(ledger.execute(counter(), STREAM, { most: 100 }, now, TEST).events[0]?.position, 1);
  });

  it("with the id of an earlier one returns that one's events, however the stream went on", () => {
    const file = freshFile();
    const [mine, other] = [openedLedger(file), openedLedger(file)];
    const once = { ...TEST, commandId: 'c' };
    const first = mine.execute(counter(), STREAM, { most: 1 }, now, once);
    other.execute(counter(), STREAM, { most: 100 }, now, TEST);
    const again = mine.execute(counter(), STREAM, { most: 1 }, now, once);
    assert.deepEqual(again.events, first.events);
    assert.deepEqual([first.duplicate, again.duplicate, again.state], [false, true, 2]);
  });
});
