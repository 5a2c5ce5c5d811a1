import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { StoredEvent } from '../event.ts';
import { chainHash, GENESIS } from '../store/hash.ts';
import { verifyLog } from '../store/verify.ts';
import { freshStore, note, TEST, textsOf } from '../testing/stores.ts';
import { chainFaults, type Upcaster, upcast } from '../upcasters.ts';
import { versions } from './checks.ts';
import { assertAppendable, assertReadable, catalogue, decode, isUnreadable } from './index.ts';

/** Appends events as only a newer AgentPool could have written them, with a valid chain. */
function fromTheFuture(...events: Partial<StoredEvent>[]) {
  const store = freshStore();
  let previous: Buffer = GENESIS;
  const stored = events.map((event, index): StoredEvent => {
    const row = {
      position: index + 1,
      event_id: `e${index}`,
      stream_id: 'a',
      stream_version: index + 1,
      type: 'watcher.stopped',
      schema_version: 1,
      occurred_at: '2030-01-01T00:00:00.000Z',
      recorded_at: '2030-01-01T00:00:00.000Z',
      command_id: null,
      causation_id: null,
      correlation_id: null,
      actor: 'future',
      payload: '{"fence":1,"reason":"known"}',
      metadata: '{}',
      ...event,
    };
    previous = chainHash(previous, row);
    return { ...row, hash: previous.toString('hex') };
  });
  store.restore(stored);
  return store;
}

const reasonsOf = (store: ReturnType<typeof fromTheFuture>) =>
  store.readAll({}).map((event) => {
    const read = decode(event);
    return isUnreadable(read)
      ? `${read.position} ${read.type} v${read.schema_version}: ${read.reason}`
      : 'read';
  });

describe('an event that this version cannot read', () => {
  it('is reported by name and skipped, and stays in the log', () => {
    const store = fromTheFuture(
      {},
      { type: 'worker.dreamed', payload: '{"of":"sheep"}' },
      { schema_version: 7 },
      { payload: '{"fence":"one","reason":"x"}' },
      { payload: 'not json' },
      { type: 'toString' },
      { type: '__proto__' },
    );
    assert.deepEqual(reasonsOf(store), [
      'read',
      '2 worker.dreamed v1: unknown type',
      '3 watcher.stopped v7: version 7 is newer than 1',
      '4 watcher.stopped v1: /fence must be integer',
      `5 watcher.stopped v1: Unexpected token 'o', "not json" is not valid JSON`,
      '6 toString v1: unknown type',
      '7 __proto__ v1: unknown type',
    ]);
    assert.equal(store.lastPosition(), 7);
    assert.equal(verifyLog(store.read()).fault, null);
  });

  it('does not prevent later appends', () => {
    const store = fromTheFuture({ type: 'worker.dreamed' });
    store.append('a', [note('awake')], TEST);
    assert.deepEqual(textsOf(store.read({ types: ['watcher.stopped'] })), ['awake']);
  });
});

describe('the catalogue', () => {
  it('is frozen', () => assert.ok(Object.isFrozen(catalogue)));

  it('names every event `noun.verb` and describes it in a sentence', () => {
    for (const [type, { description }] of Object.entries(catalogue)) {
      assert.match(type, /^[a-z]+\.[a-z_]+$/);
      assert.match(description, /^[A-Z].*\.$/, type);
    }
  });

  it('reports which field of the data is wrong', () =>
    assert.throws(
      () => assertAppendable({ type: 'lease.acquired', data: { mode: 'append' } }),
      /The data of lease\.acquired does not match its schema: \/ must have required/,
    ));
});

const step = (type: string, from: number): Upcaster => ({ type, from, up: (data) => [data, from] });

describe('a chain of upcasters', () => {
  const faults = (versions: Record<string, number>, ...chain: Upcaster[]) => chainFaults(versions, chain);

  it('is valid when each version leads to the next', () =>
    assert.deepEqual(faults({ a: 3, b: 1 }, step('a', 2), step('a', 1)), []));

  it('has no gaps', () =>
    assert.deepEqual(faults({ a: 4 }, step('a', 1), step('a', 3)), ['a: no upcaster reads version 2']));

  it('has no two upcasters for one version', () =>
    assert.deepEqual(faults({ a: 2 }, step('a', 1), step('a', 1)), ['a: two upcasters read version 1']));

  it('does not lead past the current version, nor come from before the first', () =>
    assert.deepEqual(faults({ a: 2 }, step('a', 1), step('a', 2), step('a', 0)), [
      'a: an upcaster reads version 2, the current one is 2',
      'a: an upcaster reads version 0, the current one is 2',
    ]));

  it('has no upcaster for a type that the catalogue lacks', () =>
    assert.deepEqual(faults({ a: 1 }, step('b', 1)), ['b: upcaster of a type that the catalogue lacks']));

  it('is checked at start: a broken one stops the program and is named', () => {
    assert.doesNotThrow(() => assertReadable(versions));
    assert.throws(() => assertReadable({ a: 2 }), /CATALOGUE_BROKEN|a: no upcaster reads version 1/);
  });

  it('upcasts step by step, and leaves the current version as it is', () => {
    const chain = [step('a', 2), step('b', 1), step('a', 1)];
    assert.deepEqual(upcast('a', 1, 3, 'old', chain), [['old', 1], 2]);
    assert.deepEqual(upcast('a', 2, 3, 'old', chain), ['old', 2]);
    assert.equal(upcast('a', 3, 3, 'new', chain), 'new');
    assert.throws(() => upcast('a', 1, 3, 'old', [step('a', 1)]), /no upcaster reads a version 2/);
  });
});
