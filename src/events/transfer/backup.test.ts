import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { AgentPoolError } from '../../lib/errors.ts';
import { processPool, temporaryFolder } from '../../lib/testing/processes.ts';
import { openSqlite } from '../store/connection.ts';
import { openConnection } from '../store/open.ts';
import { EventStore } from '../store/store.ts';
import type { AppendQuestion } from '../testing/appender.ts';
import { freshStore, notes, stranger, TEST } from '../testing/stores.ts';
import type { VerifiedEnd } from '../verification/memory.ts';
import { backup } from './backup.ts';

const ROUNDS = Number(process.env.BACKUPS ?? 3);

/** What a whole verification that found nothing wrong leaves of the log as it is. */
const asRemembered = (store: EventStore): VerifiedEnd => ({
  position: store.lastPosition(),
  hash: hashesOf(store, store.lastPosition()).at(-1) ?? '',
  at: '2026-01-02T03:04:05.006Z',
});

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

  it('verifies what was appended after the longest remembered part, and names the part that it trusts', async () => {
    const store = freshStore();
    store.append('a', notes('1'), TEST);
    const short = asRemembered(store);
    store.append('a', notes('2'), TEST);
    const long = asRemembered(store);
    store.append('a', notes('3', '4', '5'), TEST);
    const made = await backup(store, join(temporaryFolder(), 'backup.sqlite'), {
      force: false,
      remembered: [short, null, long, { ...long, position: 4 }],
    });
    const trusted = { up_to: 2, hash: long.hash, verified_at: long.at };
    assert.deepEqual([made.events, made.verified_events, made.trusted], [5, 3, trusted]);
  });

  it('verifies all of a log that is not the remembered one', async () => {
    const [store, other] = [freshStore(), freshStore()];
    store.append('a', notes('1', '2'), TEST);
    other.append('a', notes('another'), TEST);
    const file = join(temporaryFolder(), 'backup.sqlite');
    const made = await backup(store, file, { force: false, remembered: [asRemembered(other), null] });
    assert.deepEqual([made.verified_events, made.trusted], [2, undefined]);
  });

  it('refuses a change after the remembered part, at its end too, and names the first bad position', async () => {
    for (const position of [3, 4, 5]) {
      const store = freshStore();
      store.append('a', notes('1', '2', '3'), TEST);
      const remembered = [asRemembered(store)];
      store.append('a', notes('4', '5'), TEST);
      stranger(store.file)
        .exec('DROP TRIGGER events_are_final_update')
        .exec(`UPDATE events SET actor = 'x' WHERE position = ${position}`);
      const folder = temporaryFolder();
      await assert.rejects(
        backup(store, join(folder, 'backup.sqlite'), { force: false, remembered }),
        ({ code, message }: AgentPoolError) =>
          code === 'BACKUP_FAILED' && message.includes(`position ${position}:`),
      );
      assert.deepEqual(readdirSync(folder), []);
    }
  });
});
