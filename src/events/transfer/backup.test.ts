import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { processPool, temporaryFolder } from '../../lib/testing/processes.ts';
import { openSqlite } from '../store/connection.ts';
import { openConnection } from '../store/open.ts';
import { EventStore } from '../store/store.ts';
import type { AppendQuestion } from '../testing/appender.ts';
import { freshStore, notes, stranger, TEST } from '../testing/stores.ts';
import { backup } from './backup.ts';

const ROUNDS = Number(process.env.BACKUPS ?? 3);

const hashesOf = (store: EventStore, upTo: number) =>
  store
    .all<{ hash: Buffer }>('SELECT hash FROM events WHERE position <= ? ORDER BY position', upTo)
    .map(({ hash }) => hash.toString('hex'));

describe('a backup', () => {
  it('is a beginning of the log and a sound file, while others append and SQLite moves pages into the database', async () => {
    const store = freshStore();
    const file = join(temporaryFolder(), 'backup.sqlite');
    const long = 'x'.repeat(2000);
    for (let count = 0; count < 300; count++) store.append('a', notes(long), TEST);
    const pool = await processPool<AppendQuestion, number[]>(
      new URL('../testing/appender.ts', import.meta.url),
      2,
      store.file,
    );
    const other = stranger(store.file);
    const kinds = ['PASSIVE', 'FULL', 'RESTART', 'TRUNCATE'];
    for (let round = 0; round < ROUNDS; round++) {
      if (round % 2 === 0) other.pragma('wal_checkpoint(TRUNCATE)');
      let isDone = false;
      const appending = (async () => {
        for (let turn = 0; !isDone; turn++) {
          await pool.askAll((member) => ({ stream: `s${member}`, count: 20 }));
          other.pragma(`wal_checkpoint(${kinds[turn % kinds.length]})`);
          await setImmediate();
        }
      })();
      const { events } = await backup(store, file, { force: true }).finally(() => {
        isDone = true;
      });
      await appending;
      const copy = new EventStore(file, openSqlite(file));
      assert.equal(copy.connection.pragma('integrity_check', { simple: true }), 'ok');
      assert.deepEqual(hashesOf(copy, events), hashesOf(store, events));
      assert.equal(copy.lastPosition(), events);
      copy.close();
    }
  });

  it('leaves the locks of the process as they are: what it appends afterwards is not lost', async () => {
    const store = freshStore();
    store.append('a', notes('1', '2'), TEST);
    const file = join(temporaryFolder(), 'backup.sqlite');
    assert.equal((await backup(store, file, { force: false })).events, 2);
    // The last connection but ours: if our lock were gone, it would remove the write-ahead log.
    openConnection(store.file).close();
    store.append('a', notes('3'), TEST);
    assert.ok(statSync(`${store.file}-wal`).size > 0);
    assert.equal(new EventStore(store.file, stranger(store.file)).lastPosition(), 3);
  });
});
