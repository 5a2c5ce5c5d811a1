import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LedgerEvent } from '../../events/catalogue/index.ts';
import type { Decider } from '../../events/decider.ts';
import { rejected } from '../../events/decider.ts';
import { freshFile, notes, TEST } from '../../events/testing/stores.ts';
import { countedReads } from '../testing/counted-reads.ts';
import { counter, now, openedLedger, STREAM } from '../testing/counter.ts';
import type { Ledger } from './ledger.ts';
import { StreamState } from './stream-state.ts';

const anyNumber = { most: Number.POSITIVE_INFINITY };
function longStream(length: number, onEvent?: (event: LedgerEvent) => void) {
  const file = freshFile();
  const [mine, other] = [openedLedger(file), openedLedger(file)];
  mine.store.append(STREAM, notes(...Array.from({ length }, (_, count) => `event ${count}`)), TEST);
  const stream = new StreamState(mine, counter(), STREAM, onEvent);
  stream.catchUp();
  return { mine, other, stream };
}

const append = (ledger: Ledger) => ledger.execute(counter(), STREAM, anyNumber, now, TEST);

describe('the in-memory state of a long stream', () => {
  it('reads no events while nothing is appended', () => {
    const { mine, stream } = longStream(500);
    const reads = countedReads(mine.store, () => stream.catchUp());
    assert.deepEqual(reads, { statements: 0, events: 0 });
    assert.equal(stream.state, 500);
  });

  it('reads no events after its own append', () => {
    const { mine, stream } = longStream(500);
    const reads = countedReads(mine.store, () => stream.execute(anyNumber, now, TEST));
    assert.deepEqual(reads, { statements: 0, events: 0 });
    assert.deepEqual([stream.state, mine.store.version(STREAM)], [501, 501]);
  });

  it('reads only what another process has appended', () => {
    const { mine, other, stream } = longStream(500);
    append(other);
    append(other);
    const reads = countedReads(mine.store, () => stream.catchUp());
    assert.deepEqual(reads, { statements: 1, events: 2 });
    assert.equal(stream.state, 502);
  });

  it('decides again when another process was faster', () => {
    const { mine, other, stream } = longStream(500);
    append(other);
    const reads = countedReads(mine.store, () => stream.execute(anyNumber, now, TEST));
    assert.equal(reads.events, 1);
    assert.equal(stream.state, 502);
    append(other);
    assert.throws(() => stream.execute({ most: 503 }, now, TEST), { code: 'SESSION_ENDED' });
    assert.equal(mine.store.version(STREAM), 503);
  });

  it('does not reject a command because of a stale state', () => {
    const upTo = (most: number): Decider<number, { most: number }> => ({
      ...counter(),
      decide: (count, command, given) =>
        count < most ? rejected('SESSION_ENDED', 'not yet') : counter().decide(count, command, given),
    });
    const { mine, other } = longStream(3);
    const stream = new StreamState(mine, upTo(4), STREAM);
    stream.catchUp();
    append(other);
    stream.execute(anyNumber, now, TEST);
    assert.equal(stream.state, 5);
  });

  it('is unchanged if the append is rolled back', () => {
    const { mine, stream } = longStream(3);
    const undo = (append: () => unknown) => {
      append();
      throw new Error('undone');
    };
    assert.throws(() => stream.execute(anyNumber, now, TEST, undo), /undone/);
    assert.deepEqual([stream.state, stream.catchUp(), mine.store.version(STREAM)], [3, 3, 3]);
    stream.execute(anyNumber, now, TEST);
    assert.equal(stream.state, 4);
  });

  it('passes on each event once, its own and those of others', () => {
    const seen: number[] = [];
    const { mine, other, stream } = longStream(2, ({ stream_version }) => seen.push(stream_version));
    append(mine);
    append(other);
    stream.execute(anyNumber, now, TEST);
    stream.catchUp();
    assert.deepEqual(seen, [1, 2, 3, 4, 5]);
  });
});
