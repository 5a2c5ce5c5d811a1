import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { freshStore, notes, stranger, TEST } from '../testing/stores.ts';
import { chainHash } from './hash.ts';
import type { EventStore } from './store.ts';
import { verifyLog } from './verify.ts';

/** Ten events in two streams, changed by another program after it dropped the triggers. */
function tampered(change: string): EventStore {
  const store = freshStore();
  for (const text of ['1', '2', '3', '4', '5']) {
    store.append('a', notes(`a${text}`), TEST);
    store.append('b', notes(`b${text}`), TEST);
  }
  const other = stranger(store.file);
  const triggers = other.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").all();
  for (const { name } of triggers as { name: string }[]) other.exec(`DROP TRIGGER ${name}`);
  other.exec(change);
  return store;
}

const firstFault = (change: string) => verifyLog(tampered(change).read()).fault;

describe('verifying the log', () => {
  it('finds no fault in an unchanged log, and summarizes it', () => {
    const store = freshStore();
    const { events } = store.append('a', notes('1', '2', '3'), TEST);
    assert.deepEqual(verifyLog(store.read()), {
      events: 3,
      last_position: 3,
      head: events[2]?.hash,
      fault: null,
    });
  });

  it('finds no fault in an empty log', () => assert.equal(verifyLog(freshStore().read()).fault, null));

  const changes: Record<string, string> = {
    payload: `payload = replace(payload, 'b2', 'b9')`,
    metadata: `metadata = '{"x":1}'`,
    type: `type = 'watcher.started'`,
    'schema version': 'schema_version = 2',
    'time of happening': `occurred_at = '2020-01-01T00:00:00.000Z'`,
    'time of recording': `recorded_at = '2020-01-01T00:00:00.000Z'`,
    actor: `actor = 'somebody'`,
    'command id': `command_id = 'c'`,
    'event id': `event_id = 'e'`,
    hash: `hash = zeroblob(32)`,
  };
  for (const [what, change] of Object.entries(changes)) {
    it(`reports the position of a changed ${what}`, () => {
      const fault = firstFault(`UPDATE events SET ${change} WHERE position = 4`);
      assert.equal(fault?.position, 4);
      assert.match(fault.reason, /hash is /);
    });
  }

  it('reports a missing position', () => {
    const fault = firstFault('DELETE FROM events WHERE position IN (4, 7)');
    assert.deepEqual(fault, { position: 4, reason: 'position 4 is missing, 5 follows' });
  });

  it('reports an event that was moved to another stream', () => {
    const fault = firstFault(`UPDATE events SET stream_id = 'c' WHERE position = 4`);
    assert.equal(fault?.position, 4);
    assert.match(fault.reason, /^c goes on with version 2, 1 is due/);
  });

  it('reports the first of two swapped events', () => {
    const fault = firstFault(`UPDATE events SET payload = (SELECT payload FROM events AS other
      WHERE other.position = 9 - events.position) WHERE position IN (4, 5)`);
    assert.equal(fault?.position, 4);
  });

  it('reports the next event if the hash of a changed one was recomputed', () => {
    const store = tampered('SELECT 1');
    const [third, fourth] = store.readAll({ from: 3, limit: 2 });
    assert.ok(third && fourth);
    const { hash: _, ...row } = { ...fourth, actor: 'forged' };
    const forged = chainHash(Buffer.from(third.hash, 'hex'), row).toString('hex');
    stranger(store.file).exec(`UPDATE events SET actor = 'forged', hash = x'${forged}' WHERE position = 4`);
    assert.equal(verifyLog(store.read()).fault?.position, 5);
  });

  it('reports its progress', () => {
    const store = freshStore();
    store.append('a', notes(...Array.from({ length: 20_500 }, (_, n) => String(n))), TEST);
    const reported: number[] = [];
    verifyLog(store.read(), (position) => reported.push(position));
    assert.deepEqual(reported, [10_000, 20_000]);
  });
});
