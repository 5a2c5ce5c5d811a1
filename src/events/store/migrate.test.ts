import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { AgentPoolError } from '../../lib/errors.ts';
import { processPool, temporaryFolder } from '../../lib/testing/processes.ts';
import type { StoredEvent } from '../event.ts';
import { makeFormat1 } from '../testing/format-1.ts';
import type { MigrationQuestion } from '../testing/migrator.ts';
import { freshStore, note, TEST } from '../testing/stores.ts';
import { type Connection, openSqlite } from './connection.ts';
import { eventsQuery } from './event-rows.ts';
import { migrate } from './migrate.ts';
import { openConnection, openLedgerFile } from './open.ts';
import { EventStore } from './store.ts';
import { verifyLog } from './verify.ts';

const MIGRATOR = new URL('../testing/migrator.ts', import.meta.url);

/** A ledger of format 1, and its events. Their ids are those of its release: random UUIDs. */
function oldLedger(count: number): { file: string; events: StoredEvent[] } {
  const source = freshStore();
  source.append(
    'a',
    Array.from({ length: count }, (_, index) => ({ ...note(`n${index}`), event_id: crypto.randomUUID() })),
    TEST,
  );
  source.append('b', [{ ...note('"\u0000 ü'), event_id: crypto.randomUUID() }], TEST);
  const events = source.readAll({});
  const file = join(temporaryFolder(), 'ledger.sqlite');
  makeFormat1(file, events);
  return { file, events };
}

const formatOf = (connection: Connection) => connection.pragma('user_version', { simple: true });
const rowsOf = (connection: Connection) => connection.prepare(eventsQuery({}).sql).all();

/** As a damaged file is: it holds what its constraints and triggers would refuse. */
const withoutGuards = (connection: Connection) =>
  connection.exec(
    'ALTER TABLE events RENAME TO guarded; CREATE TABLE events AS SELECT * FROM guarded; DROP TABLE guarded',
  );

function looking<T>(file: string, look: (connection: Connection) => T): T {
  const connection = openSqlite(file);
  try {
    return look(connection);
  } finally {
    connection.close();
  }
}

describe('a ledger of format 1', () => {
  it('is brought to the current format when it is opened, with every byte and hash, and goes on', () => {
    const { file, events } = oldLedger(500);
    const store = new EventStore(file, openConnection(file));
    assert.equal(formatOf(store.connection), 2);
    assert.deepEqual(store.readAll({}), events);
    assert.equal(verifyLog(store.read()).fault, null);
    store.append('a', [note('next')], TEST);
    assert.equal(store.version('a'), 501);
    assert.equal(verifyLog(store.read()).fault, null);
    assert.deepEqual(store.connection.pragma('integrity_check'), [{ integrity_check: 'ok' }]);
    store.close();
  });

  it('takes none of its ids a second time', () => {
    const { file, events } = oldLedger(3);
    const store = freshStore(file);
    const again = () => store.append('c', [{ ...note('x'), event_id: events[1]?.event_id ?? '' }], TEST);
    assert.throws(again, /agentpool: the id of an event is its own/);
  });

  it('without events is brought to the current format, too', () => {
    const file = join(temporaryFolder(), 'ledger.sqlite');
    makeFormat1(file, []);
    assert.equal(freshStore(file).append('a', [note('1')], TEST).events[0]?.position, 1);
  });

  it('has the schema of a new one afterwards', () => {
    const { file } = oldLedger(2);
    const shape = (connection: Connection) =>
      connection
        .prepare<[], { type: string; name: string; sql: string | null }>(
          'SELECT type, name, sql FROM sqlite_schema ORDER BY type, name',
        )
        .all()
        .map(({ sql, ...rest }) => ({ ...rest, sql: sql?.replaceAll('"', '') }));
    assert.deepEqual(shape(freshStore(file).connection), shape(freshStore().connection));
  });

  it('is whole after a kill at any moment, and the next process brings it to the current format', async () => {
    const { file, events } = oldLedger(499);
    const pool = await processPool<MigrationQuestion, string>(MIGRATOR, 6, file);
    for (const [member, dieAfter] of [1, 2, 5, 9, 10].entries()) {
      await assert.rejects(pool.ask(member, { dieAfter, batch: 50 }), /SIGKILL/);
      looking(file, (connection) => {
        assert.equal(formatOf(connection), 1);
        assert.deepEqual(rowsOf(connection), events);
        assert.equal(
          connection.prepare("SELECT name FROM sqlite_schema WHERE name = 'events_2'").get(),
          undefined,
        );
      });
    }
    assert.equal(await pool.ask(5, { batch: 50 }), 'open');
    looking(file, (connection) => {
      assert.equal(formatOf(connection), 2);
      assert.deepEqual(rowsOf(connection), events);
    });
  });

  it('is migrated once by eight processes that open it at the same moment', async () => {
    const { file, events } = oldLedger(3000);
    const pool = await processPool<MigrationQuestion, string>(MIGRATOR, 8, file);
    assert.deepEqual(
      await pool.askAll(() => ({ batch: 100 })),
      Array.from({ length: 8 }, () => 'open'),
    );
    const store = freshStore(file);
    assert.deepEqual(store.readAll({}), events);
    assert.equal(verifyLog(store.read()).fault, null);
  });

  it('that may only be read is read as a copy, which alone is brought to the current format', () => {
    const { file, events } = oldLedger(20);
    const before = readFileSync(file);
    const opened = openLedgerFile(file, { copy: true });
    assert.deepEqual(rowsOf(opened.connection), events);
    assert.deepEqual([opened.readOnly?.isCopy, formatOf(opened.connection)], [true, 2]);
    opened.connection.close();
    assert.ok(before.equals(readFileSync(file)));
  });

  it('stays what it was on a full disk, which the error says', () => {
    const { file, events } = oldLedger(2000);
    looking(file, (connection) => {
      const pages = Number(connection.pragma('page_count', { simple: true }));
      for (const more of [1, 10, 50]) {
        connection.pragma(`max_page_count = ${pages + more}`);
        assert.throws(
          () => migrate(connection, file),
          (error: AgentPoolError) => {
            assert.equal(error.code, 'LEDGER_DISK_FULL');
            assert.match(error.message, /nothing was changed/);
            return true;
          },
        );
        assert.equal(formatOf(connection), 1);
        assert.deepEqual(rowsOf(connection), events);
      }
    });
    assert.deepEqual(freshStore(file).readAll({}), events);
  });

  it('of which not every event can be copied stays what it was, and the error names the next step', () => {
    const damages: [says: RegExp, statement: string][] = [
      [/1 of its 4 events cannot be copied/, 'UPDATE events SET position = -1 WHERE position = 2'],
      [/UNIQUE constraint failed/, 'UPDATE events SET stream_version = 1 WHERE position = 2'],
    ];
    for (const [says, statement] of damages) {
      const { file } = oldLedger(3);
      looking(file, (connection) => {
        withoutGuards(connection).exec(statement);
        const before = rowsOf(connection);
        assert.throws(
          () => migrate(connection, file),
          ({ code, message, details }: AgentPoolError) => {
            assert.equal(code, 'LEDGER_CORRUPT');
            assert.match(message, says);
            assert.match(String(details.example), /ledger export --readable/);
            return true;
          },
        );
        assert.equal(formatOf(connection), 1);
        assert.deepEqual(rowsOf(connection), before);
      });
    }
  });
});
