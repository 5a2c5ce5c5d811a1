import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { AgentPoolError } from '../../lib/errors.ts';
import { openConnection } from '../store/open.ts';
import { EventStore } from '../store/store.ts';
import { makeFormat1 } from '../testing/format-1.ts';
import { freshFile, notes, TEST } from '../testing/stores.ts';
import { type ReadableEnd, readableEvents } from './readable.ts';

const PAGE = 4096;
const EVENTS = 120;

/** A ledger whose events fill dozens of pages, and what is written in it. */
const file = freshFile();
const store = new EventStore(file, openConnection(file));
for (let event = 0; event < EVENTS; event++)
  store.append(`s${event % 7}`, notes(`${event} ${'x'.repeat(700)}`), TEST);
const written = store.readAll({});
store.close();
const whole = readFileSync(file);

function readable(content: Buffer): { events: unknown[]; end: ReadableEnd | undefined } {
  writeFileSync(file, content);
  let end: ReadableEnd | undefined;
  const events = [
    ...readableEvents(file, (found) => {
      end = found;
    }),
  ];
  assert.ok(readFileSync(file).equals(content), 'the damaged file was changed');
  return { events, end };
}

describe('what can be read of a ledger', () => {
  it('is all of it while it is whole', () => {
    const { events, end } = readable(whole);
    assert.deepEqual(events, written);
    assert.deepEqual(end, { position: null, reason: null });
  });

  it('is always the beginning of what was written, wherever the file is damaged', () => {
    const damage = fc.oneof(
      fc.record({
        kind: fc.constant('overwrite' as const),
        at: fc.nat(whole.length - 1),
        bytes: fc.uint8Array({ minLength: 1, maxLength: 2 * PAGE }),
      }),
      fc.record({ kind: fc.constant('truncate' as const), at: fc.nat(whole.length - 1) }),
    );
    fc.assert(
      fc.property(damage, (hit) => {
        const content = Buffer.from(hit.kind === 'truncate' ? whole.subarray(0, hit.at) : whole);
        if (hit.kind === 'overwrite') content.set(hit.bytes.subarray(0, whole.length - hit.at), hit.at);
        try {
          const { events, end } = readable(content);
          assert.deepEqual(events, written.slice(0, events.length));
          assert.equal(end?.position ?? EVENTS + 1, content.length === 0 ? EVENTS + 1 : events.length + 1);
        } catch (error) {
          if (!(error instanceof AgentPoolError)) throw error;
          assert.equal(error.code, 'LEDGER_CORRUPT');
          assert.match(error.message, /No event in .* can be read/);
        }
      }),
      { numRuns: 60, seed: 20_261_129 },
    );
  });

  it('does not depend on the header, the list of tables, or an index', () => {
    const first = Buffer.from(whole).fill(0xa5, 0, PAGE);
    assert.equal(readable(first).events.length, EVENTS);
    const foreign = Buffer.from(whole);
    foreign.writeUInt32BE(12_345, 68);
    assert.equal(readable(foreign).events.length, EVENTS);
  });

  it('does not depend on them in a ledger that was migrated either', () => {
    const old = freshFile();
    mkdirSync(dirname(old));
    makeFormat1(old, written);
    openConnection(old).close();
    assert.equal(readable(Buffer.from(readFileSync(old)).fill(0xa5, 0, PAGE)).events.length, EVENTS);
  });

  it('is refused by name where there is nothing', () => {
    for (const content of [Buffer.alloc(9000, 'these are my notes\n'), Buffer.from(whole).fill(7, PAGE)])
      assert.throws(() => readable(content), /No event in .*Put a backup in its place/);
  });

  it('includes what is only in the write-ahead log', () => {
    writeFileSync(file, whole);
    const other = new EventStore(file, openConnection(file));
    other.append('late', notes('the last word'), TEST);
    const events = [...readableEvents(file, () => {})];
    assert.equal(events.length, EVENTS + 1);
    other.close();
  });
});

describe('a write-ahead log with a damaged beginning', () => {
  it('is not taken for an empty one: the newest events may be in it alone', () => {
    writeFileSync(file, whole);
    const keeper = new EventStore(file, openConnection(file));
    keeper.append('late', notes('only in the log'), TEST);
    const [database, log] = [readFileSync(file), readFileSync(`${file}-wal`)];
    keeper.close();
    const damaged = Buffer.from(log).fill(0, 0, 8);
    writeFileSync(file, database);
    writeFileSync(`${file}-wal`, damaged);
    assert.throws(() => openConnection(file), /-wal is damaged, and the newest events may be in it alone/);
    assert.ok(readFileSync(`${file}-wal`).equals(damaged));
    truncateSync(`${file}-wal`, 0);
    openConnection(file).close();
  });
});
