import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { errorKind } from '../../lib/error-codes/index.ts';
import { AgentPoolError } from '../../lib/errors.ts';
import { processPool, temporaryFolder } from '../../lib/testing/processes.ts';
import type { AppendQuestion } from '../testing/appender.ts';
import { freshFile, freshStore, notes, stranger, TEST } from '../testing/stores.ts';
import { openSqlite } from './connection.ts';
import { openConnection } from './open.ts';
import { handledBefore } from './receipts.ts';
import { EventStore } from './store.ts';
import { verifyLog } from './verify.ts';

function refusal(work: () => unknown): AgentPoolError {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof AgentPoolError, String(error));
    return error;
  }
  return assert.fail('it was not refused');
}

/** Opening is refused, and the file is byte for byte what it was. */
function refused(file: string): AgentPoolError {
  const before = readFileSync(file);
  const error = refusal(() => openConnection(file).close());
  assert.ok(before.equals(readFileSync(file)), 'the file was changed');
  return error;
}

/** Creates a database of another program. */
function foreign(sql: string): string {
  const file = join(temporaryFolder(), 'other.db');
  const connection = openSqlite(file);
  connection.exec(sql);
  connection.close();
  return file;
}

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

describe('opening a ledger', () => {
  it('creates it for its owner only, whatever the umask', () => {
    const before = process.umask(0);
    try {
      const { file } = freshStore();
      assert.equal(modeOf(dirname(file)), '700');
      for (const suffix of ['', '-wal', '-shm']) assert.equal(modeOf(file + suffix), '600', suffix);
    } finally {
      process.umask(before);
    }
  });

  it('finds existing events', () => {
    const store = freshStore();
    store.append('a', notes('1'), TEST);
    assert.equal(freshStore(store.file).lastPosition(), 1);
  });

  it('treats an empty file as a new ledger', () => {
    const file = join(temporaryFolder(), 'empty.db');
    writeFileSync(file, '');
    assert.equal(freshStore(file).lastPosition(), 0);
  });

  it('waits for a process that is creating it', async () => {
    const file = join(temporaryFolder(), 'ledger.db');
    const holder = new URL('../testing/lock-holder.ts', import.meta.url);
    const creator = await processPool<'hold' | 'release soon', undefined>(holder, 1, file);
    await creator.ask(0, 'hold');
    const released = creator.ask(0, 'release soon');
    assert.equal(freshStore(file).lastPosition(), 0);
    await released;
  });

  it('creates one ledger for twelve concurrent processes', async () => {
    const file = freshFile();
    const appender = new URL('../testing/appender.ts', import.meta.url);
    const pool = await processPool<AppendQuestion, number[]>(appender, 12, file);
    await pool.askAll((member) => ({ stream: `s${member}`, count: 1 }));
    const store = freshStore(file);
    assert.equal(store.lastPosition(), 12);
    assert.equal(verifyLog(store.read()).fault, null);
  });
});

describe('a ledger is refused and left unchanged', () => {
  it('if a newer AgentPool has written it', () => {
    const { file } = freshStore();
    const other = stranger(file);
    other.pragma('user_version = 99');
    other.pragma('wal_checkpoint(TRUNCATE)');
    const error = refused(file);
    assert.equal(error.code, 'LEDGER_NEWER');
    assert.match(error.message, /was written by a newer AgentPool \(format 99, this AgentPool knows 2\)/);
  });

  it('if it is the database of another program', () => {
    const databases = [
      'CREATE TABLE mine (a)',
      'CREATE TABLE mine (a); PRAGMA user_version = 1',
      'PRAGMA user_version = 1; CREATE VIEW v AS SELECT 1',
      'PRAGMA application_id = 77; CREATE TABLE events (position)',
    ];
    for (const sql of databases) {
      const error = refused(foreign(sql));
      assert.deepEqual([error.code, errorKind(error.code)], ['LEDGER_CORRUPT', 'corrupt']);
      assert.match(error.message, /it is a SQLite database, but not a ledger/);
    }
  });

  it('if it is not a database', () => {
    const file = join(temporaryFolder(), 'text.db');
    writeFileSync(file, 'these are my notes\n'.repeat(500));
    const error = refused(file);
    assert.equal(error.code, 'LEDGER_CORRUPT');
    assert.match(error.message, /file is not a database/);
  });
});

describe('a ledger that cannot be written', () => {
  it('because a folder or a file is in its place', () => {
    const folder = temporaryFolder();
    const file = join(folder, 'file');
    writeFileSync(file, '');
    mkdirSync(join(folder, 'ledger.db'));
    for (const path of [join(file, 'ledger.db'), join(folder, 'ledger.db')]) {
      const error = refusal(() => openConnection(path));
      assert.equal(error.code, 'LEDGER_NOT_WRITABLE', error.message);
      assert.match(error.message, new RegExp(`^The ledger ${path} cannot be written`));
    }
  });

  it('because its folder is read-only, whether the ledger is new or not', () => {
    const file = join(temporaryFolder(), 'home', 'ledger.db');
    const existing = openConnection(file);
    existing.close();
    withoutRights(dirname(file), () => {
      for (const path of [file, join(dirname(file), 'new.db')]) {
        assert.equal(refusal(() => openConnection(path)).code, 'LEDGER_NOT_WRITABLE');
      }
    });
    assert.ok(!existsSync(join(dirname(file), 'new.db')));
  });
});

/** Runs `work` while a folder is not writable. Root ignores modes, so it switches to an unprivileged user meanwhile. */
function withoutRights(folder: string, work: () => void): void {
  const isRoot = process.geteuid?.() === 0;
  chmodSync(folder, 0o555);
  if (isRoot) {
    chmodSync(dirname(folder), 0o755);
    process.seteuid?.(65_534);
  }
  try {
    work();
  } finally {
    if (isRoot) process.seteuid?.(0);
    chmodSync(folder, 0o700);
  }
}

describe('a full disk', () => {
  it('is reported, leaves no partial write, and the ledger works again when there is space', () => {
    const store = freshStore();
    store.append('a', notes('1'), TEST);
    store.connection.pragma(`max_page_count = ${store.connection.pragma('page_count', { simple: true })}`);
    const big = 'x'.repeat(20_000);
    const command = { id: 'c', fingerprint: 'f' };
    const error = refusal(() => store.append('a', notes('2', big, '3'), { ...TEST, command }));
    assert.equal(error.code, 'LEDGER_DISK_FULL');
    assert.match(error.message, /the disk is full; nothing was half written/);
    assert.equal(store.lastPosition(), 1);
    assert.equal(handledBefore(store, 'a', command), undefined);

    store.connection.pragma('max_page_count = 100000');
    assert.equal(store.append('a', notes('2', big, '3'), { ...TEST, command }).events[0]?.position, 2);
    assert.equal(verifyLog(store.read()).fault, null);
  });
});

describe('a corrupt file', () => {
  function damaged(damage: (file: string) => void): EventStore {
    const file = freshFile();
    const store = new EventStore(file, openConnection(file));
    store.append('a', notes(...Array.from({ length: 500 }, (_, n) => `${n} ${'x'.repeat(200)}`)), TEST);
    store.close();
    damage(file);
    return freshStore(file);
  }

  it('is reported by reading, appending and verifying', () => {
    const store = damaged((file) => {
      const content = readFileSync(file);
      content.fill(0xa5, 4096 * 8);
      writeFileSync(file, content);
    });
    const works = [
      () => verifyLog(store.read()),
      () => store.readAll({}),
      () => store.append('a', notes('next'), TEST),
    ];
    for (const work of works) {
      const error = refusal(work);
      assert.deepEqual([error.code, errorKind(error.code)], ['LEDGER_CORRUPT', 'corrupt']);
      assert.match(error.message, /database disk image is malformed/);
    }
  });

  it('is reported if its end is missing', () => {
    const file = freshFile();
    const error = refusal(() => {
      const store = damaged((path) => truncateSync(path, 4096 * 10));
      store.readAll({});
    });
    assert.equal(error.code, 'LEDGER_CORRUPT', file);
  });
});
