import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { describe, it } from 'node:test';
import { processPool } from '../../lib/testing/processes.ts';
import type { StoredEvent } from '../event.ts';
import type { AppendQuestion } from '../testing/appender.ts';
import { freshFile, freshStore, notes, TEST, textsOf } from '../testing/stores.ts';
import { changed, follow } from './follow.ts';

/** The first `count` events that a follower sees. */
async function take(events: AsyncIterable<StoredEvent>, count: number): Promise<StoredEvent[]> {
  const seen: StoredEvent[] = [];
  for await (const event of events) {
    seen.push(event);
    if (seen.length === count) break;
  }
  return seen;
}

const forever = new AbortController().signal;

describe('following the log', () => {
  it('yields existing events, then those that another process appends, each once and in order', async () => {
    const file = freshFile();
    const store = freshStore(file);
    store.append('a', notes('1', '2'), TEST);
    const appender = new URL('../testing/appender.ts', import.meta.url);
    const pool = await processPool<AppendQuestion, number[]>(appender, 2, file);
    const following = take(follow(store, {}, forever), 402);
    await pool.askAll((member) => ({ stream: `s${member}`, count: 200 }));
    const positions = (await following).map(({ position }) => position);
    assert.deepEqual(
      positions,
      Array.from({ length: 402 }, (_, index) => index + 1),
    );
  });

  it('yields only matching events, from the given position', async () => {
    const store = freshStore();
    store.append('a', notes('a1'), TEST);
    store.append('b', notes('b1', 'b2'), TEST);
    const following = take(follow(store, { stream: 'b', from: 3 }, forever), 2);
    store.append('a', notes('a2'), TEST);
    store.append('b', notes('b3'), TEST);
    assert.deepEqual(textsOf(await following), ['b2', 'b3']);
  });

  it('yields events appended by the following process itself', async () => {
    const store = freshStore();
    const following = take(follow(store, {}, forever), 3);
    store.append('a', notes('1', '2'), TEST);
    setImmediate(() => store.append('a', notes('3'), TEST));
    assert.deepEqual(textsOf(await following), ['1', '2', '3']);
  });

  it('reads a long log without holding it in memory', async () => {
    const store = freshStore();
    store.append('a', notes(...Array.from({ length: 2500 }, (_, n) => String(n))), TEST);
    const seen = await take(follow(store, {}, forever), 2500);
    assert.equal(seen.at(-1)?.position, 2500);
  });

  it('allows its reader to append', async () => {
    const store = freshStore();
    store.append('a', notes('1'), TEST);
    for await (const { position } of follow(store, {}, forever)) {
      if (position === 5) break;
      store.append('a', notes('more'), TEST);
    }
    assert.equal(store.lastPosition(), 5);
  });

  it('ends with its signal, waiting or not', async () => {
    const store = freshStore();
    store.append('a', notes('1', '2', '3'), TEST);
    const end = new AbortController();
    const seen: number[] = [];
    for await (const { position } of follow(store, {}, end.signal)) {
      seen.push(position);
      if (position === 2) end.abort();
    }
    assert.deepEqual(seen, [1, 2]);
    const waiting = new AbortController();
    const done = changed(store, store.changeCounter(), waiting.signal);
    setImmediate(() => waiting.abort());
    await done;
  });
});

describe('waiting for a change of the log', () => {
  const refused = Object.assign(new Error('no space left for watches'), { code: 'ENOSPC' });

  const ways: [string, () => EventEmitter][] = [
    ['on a file system that reports no writes', () => new EventEmitter()],
    [
      'where the system has no watches left',
      () => {
        throw refused;
      },
    ],
    [
      'where a watch breaks',
      () => {
        const watcher = new EventEmitter();
        setImmediate(() => watcher.emit('error', refused));
        return watcher;
      },
    ],
  ];
  for (const [name, make] of ways) {
    const watchFile = () => Object.assign(make(), { close: () => {} });
    it(`ends when another process appends, also ${name}`, async () => {
      const file = freshFile();
      const [store, other] = [freshStore(file), freshStore(file)];
      const waiting = changed(store, store.changeCounter(), forever, { watchFile });
      setImmediate(() => other.append('a', notes('1'), TEST));
      await waiting;
      assert.equal(store.lastPosition(), 1);
    });
  }

  it('ends after its timeout without new events', async () => {
    const store = freshStore();
    await changed(store, store.changeCounter(), forever, { forMs: 20 });
    assert.equal(store.lastPosition(), 0);
  });

  it('continues after the write-ahead log was truncated', async () => {
    const file = freshFile();
    const [store, other] = [freshStore(file), freshStore(file)];
    for (const text of ['1', '2', '3']) {
      const waiting = changed(store, store.changeCounter(), forever);
      setImmediate(() => {
        other.append('a', notes(text), TEST);
        other.connection.pragma('wal_checkpoint(TRUNCATE)');
      });
      await waiting;
    }
    assert.equal(store.lastPosition(), 3);
  });
});
