import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { errorKind } from '../../lib/error-codes/index.ts';
import { AgentPoolError } from '../../lib/errors.ts';
import { anyCharacter } from '../../lib/testing/any-character.ts';
import { processPool } from '../../lib/testing/processes.ts';
import type { AppendQuestion } from '../testing/appender.ts';
import { freshFile, freshStore, note, notes, TEST, textsOf } from '../testing/stores.ts';
import { openConnection } from './open.ts';
import { EventStore } from './store.ts';
import { verifyLog } from './verify.ts';

const rejects = (work: () => unknown, code: string, kind?: string) =>
  assert.throws(work, (error) => {
    assert.ok(error instanceof AgentPoolError, String(error));
    assert.equal(error.code, code);
    if (kind) assert.equal(errorKind(error.code), kind);
    return true;
  });

const sound = (store: EventStore) => assert.equal(verifyLog(store.read()).fault, null);

describe('appending', () => {
  it('numbers events globally and within each stream, without gaps', () => {
    const store = freshStore();
    store.append('a', notes('1', '2'), TEST);
    store.append('b', notes('3'), TEST);
    store.append('a', notes('4'), TEST);
    const numbers = [...store.read()].map(({ position, stream_id, stream_version }) => [
      position,
      stream_id,
      stream_version,
    ]);
    assert.deepEqual(numbers, [
      [1, 'a', 1],
      [2, 'a', 2],
      [3, 'b', 1],
      [4, 'a', 3],
    ]);
    sound(store);
  });

  it('returns exactly what was stored', () => {
    const at = new Date('2026-03-04T05:06:07.089Z');
    const store = freshStore(freshFile(), () => at);
    const event = {
      ...note('x'),
      event_id: 'id',
      occurred_at: '2026-03-04T05:06:06.000Z',
      metadata: { a: [1] },
    };
    const { events } = store.append('a', [event], {
      actor: 'cli',
      causationId: 'cause',
      correlationId: 'together',
      command: { id: 'c', fingerprint: 'f' },
    });
    assert.deepEqual(events, store.readAll({}));
    const { hash: _, ...row } = events[0] ?? assert.fail();
    assert.deepEqual(row, {
      position: 1,
      event_id: 'id',
      stream_id: 'a',
      stream_version: 1,
      type: 'watcher.stopped',
      schema_version: 1,
      occurred_at: '2026-03-04T05:06:06.000Z',
      recorded_at: at.toISOString(),
      command_id: 'c',
      causation_id: 'cause',
      correlation_id: 'together',
      actor: 'cli',
      payload: '{"fence":1,"reason":"x"}',
      metadata: '{"a":[1]}',
    });
  });

  it('keeps any text unchanged, with a valid hash', () => {
    const store = freshStore();
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter }), fc.string({ unit: 'grapheme' }), (text, actor) => {
        const { events } = store.append('a', [note(text)], { actor });
        assert.deepEqual(textsOf(store.readAll({ from: events[0]?.position ?? 0 })), [text]);
      }),
    );
    sound(store);
  });

  it('refuses events that the catalogue does not describe, and writes none of them', () => {
    const store = freshStore();
    const unknown = { type: 'worker.invented', data: {} };
    const wrong = { type: 'watcher.stopped', data: { fence: 0 } };
    rejects(() => store.append('a', [note('1'), unknown], TEST), 'EVENT_UNKNOWN');
    rejects(() => store.append('a', [note('1'), wrong], TEST), 'EVENT_INVALID');
    assert.equal(store.lastPosition(), 0);
  });

  it('is rolled back if its follower throws, and uses no number', () => {
    const store = freshStore();
    let broken = true;
    store.followedBy({
      prepare: () => true,
      apply: () => {
        if (broken) throw new Error('no');
      },
    });
    assert.throws(() => store.append('a', notes('1'), TEST), /no/);
    broken = false;
    assert.equal(store.append('a', notes('2'), TEST).events[0]?.position, 1);
    sound(store);
  });

  it('is rolled back with the transaction around it', () => {
    const store = freshStore();
    assert.throws(() =>
      store.transaction(() => {
        store.append('a', notes('1'), TEST);
        throw new Error('after all not');
      }),
    );
    assert.deepEqual(store.readAll({}), []);
  });
});

describe('a draft', () => {
  it('is written as it is while nothing else is appended', () => {
    const store = freshStore();
    store.append('a', notes('1'), TEST);
    const draft = store.draft('a', notes('2', '3'), TEST);
    const { events } = store.appendDraft(draft);
    assert.deepEqual(
      events,
      draft.written.map(({ stored }) => stored),
    );
    sound(store);
  });

  it('is made again when another process, or this one, has appended meanwhile', () => {
    const file = freshFile();
    for (const other of [freshStore(file), freshStore(file)]) {
      const store = freshStore(file);
      const last = store.lastPosition();
      const draft = store.draft('a', notes('mine'), TEST);
      other.append('a', notes('first'), TEST);
      store.append('b', notes('second'), TEST);
      const [event] = store.appendDraft(draft).events;
      assert.equal(event?.position, last + 3);
      sound(store);
    }
  });

  it('is a conflict if it expects a version that the stream has left meanwhile', () => {
    const file = freshFile();
    const store = freshStore(file);
    const draft = store.draft('a', notes('mine'), { ...TEST, expectedVersion: 0 });
    freshStore(file).append('a', notes('first'), TEST);
    rejects(() => store.appendDraft(draft), 'VERSION_CONFLICT', 'conflict');
    assert.deepEqual(textsOf(store.read()), ['first']);
  });

  it('is written in a transaction around it, after what that has appended', () => {
    const store = freshStore();
    const draft = store.draft('a', notes('2'), TEST);
    store.transaction(() => {
      store.append('a', notes('1'), TEST);
      store.appendDraft(draft);
    });
    assert.deepEqual(textsOf(store.read()), ['1', '2']);
    sound(store);
  });
});

describe('several processes in turn', () => {
  it('each append after the last event of all, whatever was rolled back or empty', () => {
    const turn = fc.record({
      who: fc.integer({ min: 0, max: 2 }),
      stream: fc.constantFrom('a', 'b'),
      count: fc.integer({ min: 0, max: 2 }),
      how: fc.constantFrom('append', 'append', 'undo', 'late'),
    });
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 30 }), (turns) => {
        const file = freshFile();
        const stores = [0, 1, 2].map(() => new EventStore(file, openConnection(file)));
        const late: (() => void)[] = [];
        let expected = 0;
        for (const { who, stream, count, how } of turns) {
          const store = stores[who] ?? assert.fail();
          const events = notes(...Array.from({ length: count }, () => 'x'));
          if (how === 'undo') {
            const undone = () =>
              store.transaction(() => {
                store.append(stream, events, TEST);
                throw new Error('no');
              });
            assert.throws(undone, /no/);
            continue;
          }
          expected += count;
          const draft = store.draft(stream, events, TEST);
          if (how === 'late') late.push(() => store.appendDraft(draft));
          else store.appendDraft(draft);
        }
        for (const append of late) append();
        const [first = assert.fail()] = stores;
        assert.equal(first.lastPosition(), expected);
        sound(first);
        for (const store of stores) store.close();
      }),
      { numRuns: 50 },
    );
  });
});

describe('an expected version', () => {
  it('allows an append while the stream has that version', () => {
    const store = freshStore();
    store.append('a', notes('1'), { ...TEST, expectedVersion: 0 });
    store.append('b', notes('2'), { ...TEST, expectedVersion: 0 });
    store.append('a', notes('3'), { ...TEST, expectedVersion: 1 });
    assert.equal(store.version('a'), 2);
  });

  it('is a conflict when the stream has moved on, with both numbers', () => {
    const store = freshStore();
    store.append('a', notes('1', '2'), TEST);
    for (const expectedVersion of [0, 1, 3]) {
      rejects(
        () => store.append('a', notes('x'), { ...TEST, expectedVersion }),
        'VERSION_CONFLICT',
        'conflict',
      );
    }
    assert.throws(
      () => store.append('a', notes('x'), { ...TEST, expectedVersion: 1 }),
      ({ details }: AgentPoolError) => {
        assert.deepEqual(details, { stream: 'a', expected: 1, actual: 2 });
        return true;
      },
    );
    assert.equal(store.lastPosition(), 2);
  });
});

describe('a command id', () => {
  const command = { id: 'c1', fingerprint: 'f1' };

  it('makes a second call return the events of the first', () => {
    const store = freshStore();
    const first = store.append('a', notes('1', '2'), { ...TEST, command });
    store.append('a', notes('3'), TEST);
    const second = store.append('a', notes('other', 'texts'), { ...TEST, command });
    assert.deepEqual([first.duplicate, second.duplicate], [false, true]);
    assert.deepEqual(second.events, first.events);
    assert.equal(store.lastPosition(), 3);
  });

  it('is known to other processes, and recorded for a command without events', () => {
    const file = freshFile();
    freshStore(file).append('a', [], { ...TEST, command });
    const again = freshStore(file).append('a', notes('1'), { ...TEST, command });
    assert.deepEqual(again, { events: [], duplicate: true });
  });

  it('is checked before the expected version: a retry is no conflict', () => {
    const store = freshStore();
    store.append('a', notes('1'), { ...TEST, command, expectedVersion: 0 });
    assert.ok(store.append('a', notes('1'), { ...TEST, command, expectedVersion: 0 }).duplicate);
  });

  it('is refused for another command, and for another stream', () => {
    const store = freshStore();
    store.append('a', notes('1'), { ...TEST, command });
    rejects(
      () => store.append('a', notes('1'), { ...TEST, command: { ...command, fingerprint: 'f2' } }),
      'COMMAND_ID_REUSED',
    );
    rejects(() => store.append('b', notes('1'), { ...TEST, command }), 'COMMAND_ID_REUSED');
  });

  it('can be used again if its append was rolled back', () => {
    const store = freshStore();
    rejects(() => store.append('a', [{ type: 'no', data: {} }], { ...TEST, command }), 'EVENT_UNKNOWN');
    assert.equal(store.append('a', notes('1'), { ...TEST, command }).duplicate, false);
  });
});

describe('reading', () => {
  const filled = () => {
    const store = freshStore();
    store.append('a', notes('1', '2'), TEST);
    store.append('b', [note('3'), { type: 'lease.released', data: { lease_id: 1, reason: '4' } }], TEST);
    store.append('a', notes('5'), TEST);
    return store;
  };

  it('selects by stream, position, type and number', () => {
    const store = filled();
    assert.deepEqual(textsOf(store.read()), ['1', '2', '3', '4', '5']);
    assert.deepEqual(textsOf(store.read({ stream: 'a' })), ['1', '2', '5']);
    assert.deepEqual(textsOf(store.read({ from: 3 })), ['3', '4', '5']);
    assert.deepEqual(textsOf(store.read({ types: ['lease.released'] })), ['4']);
    assert.deepEqual(textsOf(store.read({ types: ['lease.released', 'watcher.stopped'], from: 4 })), [
      '4',
      '5',
    ]);
    assert.deepEqual(textsOf(store.read({ stream: 'a', from: 2, limit: 1 })), ['2']);
    assert.deepEqual(textsOf(store.read({ types: [] })), []);
    assert.deepEqual(textsOf(store.read({ stream: 'nothing' })), []);
  });

  it('has no limit by default', () => {
    const store = freshStore();
    store.append(
      'a',
      Array.from({ length: 3000 }, (_, n) => note(String(n))),
      TEST,
    );
    assert.equal([...store.read()].length, 3000);
    assert.equal(store.readAll({ stream: 'a' }).length, 3000);
  });

  it('can be stopped early, and frees the connection', () => {
    const store = filled();
    for (const _ of store.read()) break;
    store.append('a', notes('6'), TEST);
    assert.equal(store.lastPosition(), 6);
  });
});

describe('the change counter', () => {
  it('changes only with an append, of this or of another process', () => {
    const file = freshFile();
    const [here, there] = [freshStore(file), freshStore(file)];
    const before = here.changeCounter();
    assert.equal(here.changeCounter(), before);
    there.readAll({});
    assert.equal(here.changeCounter(), before);
    here.append('a', notes('1'), TEST);
    const own = here.changeCounter();
    assert.notEqual(own, before);
    there.append('a', notes('2'), TEST);
    assert.notEqual(here.changeCounter(), own);
  });
});

describe('eight processes that append at once', () => {
  it('lose nothing, leave no gap and keep the chain', async () => {
    const file = freshFile();
    const appender = new URL('../testing/appender.ts', import.meta.url);
    const pool = await processPool<AppendQuestion, number[]>(appender, 8, file);
    // Half of them share a stream.
    const answers = await pool.askAll((member) => ({
      stream: member < 4 ? 'shared' : `own-${member}`,
      count: 100,
    }));
    const store = freshStore(file);
    assert.deepEqual(
      answers.flat().sort((a, b) => a - b),
      Array.from({ length: 800 }, (_, index) => index + 1),
    );
    assert.equal(store.version('shared'), 400);
    assert.equal(new Set(textsOf(store.read())).size, 800);
    sound(store);
  });
});
