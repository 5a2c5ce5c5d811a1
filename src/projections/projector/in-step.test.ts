import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { openConnection } from '../../events/store/open.ts';
import { EventStore } from '../../events/store/store.ts';
import { freshFile, freshStore, TEST } from '../../events/testing/stores.ts';
import type { Projection } from '../projection.ts';
import { checkpoints, expectedTexts, opened, textsOf } from '../testing/counted.ts';
import { appendNotes, counting } from '../testing/counting.ts';
import { type Ledger, openLedger } from './ledger.ts';

describe('a projection that follows the log', () => {
  it('takes no page of its own for its checkpoint once it follows the log', () => {
    const ledger = opened(freshFile(), [counting(1)]);
    const stored = () => ledger.all('SELECT * FROM projection_checkpoints');
    appendNotes(ledger.store, 1);
    const before = stored();
    appendNotes(ledger.store, 2);
    assert.deepEqual(stored(), before);
    assert.deepEqual(checkpoints(ledger), [{ name: 'counted', version: 1, position: 3, active: 1 }]);
  });

  it('catches up with what a program without any projection has appended', () => {
    const file = freshFile();
    const ledger = opened(file, [counting(1)]);
    const bare = freshStore(file);
    appendNotes(ledger.store, 1);
    appendNotes(bare, 2);
    assert.equal(checkpoints(ledger)[0]?.position, 1);
    assert.equal(ledger.projector.isCurrent(), false);
    appendNotes(ledger.store, 1);
    assert.deepEqual(textsOf(ledger), expectedTexts(4));
    assert.equal(ledger.projector.isCurrent(), true);
    appendNotes(bare, 1);
    assert.deepEqual(textsOf(opened(file, [counting(1)])), expectedTexts(5));
    appendNotes(ledger.store, 1);
    appendNotes(bare, 1);
    appendNotes(opened(file, [counting(1)]).store, 1);
    assert.deepEqual(textsOf(ledger), expectedTexts(8));
  });

  it('is where it was after an append without events, and after one that was rolled back', () => {
    const file = freshFile();
    const ledger = opened(file, [counting(1)]);
    const bare = freshStore(file);
    appendNotes(bare, 2);
    ledger.store.append('notes', [], TEST);
    assert.equal(checkpoints(ledger)[0]?.position, 0);
    const undone = () =>
      ledger.store.transaction(() => {
        appendNotes(ledger.store, 1);
        throw new Error('no');
      });
    assert.throws(undone, /no/);
    assert.equal(checkpoints(ledger)[0]?.position, 0);
    appendNotes(ledger.store, 1);
    assert.deepEqual(textsOf(ledger), expectedTexts(3));
    assert.throws(undone, /no/);
    appendNotes(ledger.store, 1);
    assert.deepEqual(textsOf(ledger), expectedTexts(4));
  });

  it('equals a fold of the log, whoever appends, opens and rebuilds in turn', () => {
    const both = [counting(1, 'first'), counting(1, 'second')];
    const turn = fc.record({
      who: fc.constantFrom('both', 'first', 'second', 'none'),
      does: fc.constantFrom('append', 'append', 'undo', 'open', 'rebuild'),
      count: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 25 }), (turns) => {
        const file = freshFile();
        const known: Record<string, Projection[]> = {
          both,
          first: both.slice(0, 1),
          second: both.slice(1),
        };
        const ledgers = new Map<string, Ledger>([['both', openLedger(file, { projections: both })]]);
        const bare = new EventStore(file, openConnection(file));
        const ledgerOf = (who: string): Ledger => {
          const ledger = ledgers.get(who) ?? openLedger(file, { projections: known[who] ?? [] });
          ledgers.set(who, ledger);
          return ledger;
        };
        for (const { who, does, count } of turns) {
          const store = who === 'none' ? bare : ledgerOf(who).store;
          if (does === 'append') appendNotes(store, count);
          else if (does === 'undo')
            assert.throws(() =>
              store.transaction(() => {
                appendNotes(store, count);
                throw new Error('no');
              }),
            );
          else if (who !== 'none' && does === 'rebuild') ledgerOf(who).projector.rebuild();
          else if (who !== 'none') {
            ledgerOf(who).close();
            ledgers.delete(who);
            ledgerOf(who);
          }
        }
        const last = bare.lastPosition();
        const all = ledgerOf('both');
        all.projector.catchUp();
        for (const table of ['first', 'second']) assert.deepEqual(textsOf(all, table), expectedTexts(last));
        assert.ok(checkpoints(all).every(({ position }) => position === last));
        for (const { close } of [bare, ...ledgers.values()].map((each) => ({ close: () => each.close() })))
          close();
      }),
      { numRuns: 60 },
    );
  });
});
