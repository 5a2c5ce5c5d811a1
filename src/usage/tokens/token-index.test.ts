import assert from 'node:assert/strict';
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { openSqlite } from '../../events/store/connection.ts';
import { indexState } from './index-file.ts';
import { ALL_OF_IT, readTokens } from './logs.ts';
import { CLAUDE, claudeAnswer, codex, count, meta, turn, user } from './testing/logs.ts';

describe('the index', () => {
  it('continues where it stopped, and waits for the end of a line', async () => {
    const { write, report } = user();
    const half = JSON.stringify(claudeAnswer('m2', 2));
    write(CLAUDE, [claudeAnswer('m1', 1)], half.slice(0, 50));
    assert.equal((await report()).totals.answers, 1);
    write(CLAUDE, [], `${half.slice(50)}\n`);
    assert.equal((await report()).totals.answers, 2);
    write(codex('a'), [meta('a'), turn]);
    await report();
    write(codex('a'), [count(10, 10)]);
    assert.ok((await report()).rows.some(({ group }) => group === 'gpt-5.5'));
  });

  it('does not read an unchanged file again, and reads another file of the same name', async () => {
    const { write, report } = user();
    const file = write(CLAUDE, [claudeAnswer('m1', 1)]);
    const noon = new Date('2026-03-04T12:00:00.000Z');
    utimesSync(file, noon, noon);
    await report();
    writeFileSync(file, 'x'.repeat(statSync(file).size));
    utimesSync(file, noon, noon);
    assert.equal((await report()).totals.answers, 1);
    rmSync(file);
    write(CLAUDE, [claudeAnswer('m7', 7)]);
    assert.equal((await report()).totals.output, 8);
  });

  it('keeps what an agent has thrown away in a log that it wrote again, also for the copies in other logs', async () => {
    const { ground, write, report } = user();
    const all = [1, 2, 3, 4, 5].map((n) => claudeAnswer(`m${n}`, n));
    const file = write(CLAUDE, [...all, claudeAnswer(null, 100)]);
    write('.claude/projects/-home-dev-shop/resumed.jsonl', [...all, claudeAnswer('m6', 6)]);
    assert.equal((await report()).totals.output, 121);
    writeFileSync(file, `${JSON.stringify(claudeAnswer('m1', 1))}\n`);
    assert.deepEqual([(await report()).totals.answers, (await report()).totals.output], [7, 121]);
    rmSync(join(ground, '.claude'), { recursive: true });
    assert.equal((await report()).totals.answers, 7);
  });

  it('keeps what an agent has deleted since', async () => {
    const { write, report } = user();
    rmSync(write(CLAUDE, [claudeAnswer('m1', 1)]));
    const { write: writeOther, report: reportOther, ground } = user();
    const file = writeOther(CLAUDE, [claudeAnswer('m1', 1)]);
    await reportOther();
    rmSync(file);
    assert.equal((await reportOther()).totals.answers, 1);
    assert.equal((await report()).totals.answers, 0);
    assert.equal(statSync(join(ground, 'home', 'run', 'tokens.sqlite')).mode & 0o777, 0o600);
  });

  it('is made again if its file was cut off', async () => {
    const { ground, write, report } = user();
    write(
      CLAUDE,
      Array.from({ length: 300 }, (_, n) => claudeAnswer(`m${n}`, 1)),
    );
    await report();
    const file = join(ground, 'home/run/tokens.sqlite');
    truncateSync(file, statSync(file).size / 2);
    write(CLAUDE, [claudeAnswer('next', 1)]);
    assert.notEqual(indexState(file)?.damage, null);
    assert.equal((await report()).totals.answers, 301);
    const { damage, repaired_at } = indexState(file) ?? {};
    assert.deepEqual([damage, typeof repaired_at], [null, 'string']);
  });

  it('is made again if its file is no database', async () => {
    const { ground, write, report } = user();
    const file = join(ground, 'home/run/tokens.sqlite');
    assert.equal(indexState(file), null);
    write(CLAUDE, [claudeAnswer('m1', 1)]);
    for (const content of [
      'not a database'.repeat(100),
      'SQLite format 3\0'.repeat(100),
      Buffer.alloc(4096, 1),
    ]) {
      rmSync(`${file}-wal`, { force: true });
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
      assert.match(indexState(file)?.damage ?? '', /./);
      assert.equal((await report()).totals.answers, 1);
      assert.equal(indexState(file)?.damage, null);
    }
  });

  it('is made again if its damage shows only when it is read', async () => {
    const { ground, place, write } = user();
    write(
      CLAUDE,
      Array.from({ length: 300 }, (_, n) => claudeAnswer(`m${n}`, 1)),
    );
    const answers = () =>
      readTokens(place, ALL_OF_IT, {}, ({ index }) =>
        index.connection.prepare('SELECT count(*) AS answers FROM uses NOT INDEXED').get(),
      );
    assert.deepEqual(await answers(), { answers: 300 });
    const file = join(ground, 'home/run/tokens.sqlite');
    const content = readFileSync(file);
    writeFileSync(file, content.fill(255, 8 * 4096));
    assert.deepEqual(await answers(), { answers: 300 });
    rmSync(file);
    mkdirSync(file);
    assert.deepEqual(await answers(), { answers: 300 });
  });

  it('of an older version keeps what stands only in logs that are gone', async () => {
    const { ground, write, report } = user();
    const there = write(CLAUDE, [claudeAnswer('m1', 1)]);
    const file = join(ground, 'home/run/tokens.sqlite');
    mkdirSync(dirname(file), { recursive: true });
    const old = openSqlite(file);
    old.exec(`
      CREATE TABLE files (path TEXT PRIMARY KEY, stamp TEXT NOT NULL, memory TEXT NOT NULL, fault TEXT);
      CREATE TABLE uses (
        provider_id TEXT NOT NULL, key TEXT NOT NULL, rank REAL NOT NULL, file TEXT NOT NULL, at TEXT NOT NULL,
        model TEXT, project TEXT, session TEXT, input INTEGER NOT NULL, cache_read INTEGER NOT NULL,
        cache_write INTEGER NOT NULL, output INTEGER NOT NULL, usd REAL, PRIMARY KEY (provider_id, key)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX uses_by_time ON uses (at);
      PRAGMA user_version = 4;`);
    const use = (key: string, path: string, output: number) =>
      old
        .prepare("INSERT INTO uses VALUES ('claude-code', ?, 1, ?, ?, NULL, NULL, 's', 5, 0, 0, ?, NULL)")
        .run(key, path, '2026-03-01T10:00:00.000Z', output);
    use('m1', join(ground, 'gone.jsonl'), 1);
    use('m2', join(ground, 'gone.jsonl'), 20);
    use('m3', there, 300);
    old.close();
    const { totals } = await report();
    assert.deepEqual([totals.answers, totals.output], [2, 21]);
  });

  it('of a newer version or of another program is replaced', async () => {
    for (const tables of [
      'CREATE TABLE uses (a TEXT, b TEXT)',
      "CREATE TABLE uses (key TEXT NOT NULL, later TEXT NOT NULL DEFAULT 'x')",
      'CREATE TABLE other (a TEXT); CREATE VIEW uses AS SELECT 1 AS key',
    ]) {
      const { ground, write, report } = user();
      write(CLAUDE, [claudeAnswer('m1', 1)]);
      const file = join(ground, 'home/run/tokens.sqlite');
      mkdirSync(dirname(file), { recursive: true });
      openSqlite(file).exec(`${tables}; PRAGMA user_version = 99`).close();
      assert.equal((await report()).totals.answers, 1);
      assert.equal((await report()).totals.answers, 1);
    }
  });

  it('takes the place of a link or an empty folder, and leaves a full one', async () => {
    const { ground, write, report } = user();
    write(CLAUDE, [claudeAnswer('m1', 1)]);
    const file = join(ground, 'home/run/tokens.sqlite');
    mkdirSync(dirname(file), { recursive: true });
    for (const make of [
      () => symlinkSync('tokens.sqlite', file),
      () => symlinkSync('/nowhere/at/all', file),
      () => mkdirSync(file),
    ]) {
      for (const end of ['', '-wal', '-shm']) rmSync(`${file}${end}`, { force: true });
      make();
      assert.match(indexState(file)?.damage ?? '', /something else/);
      assert.equal((await report()).totals.answers, 1);
      assert.equal(indexState(file)?.damage, null);
    }
    for (const end of ['', '-wal', '-shm']) rmSync(`${file}${end}`, { force: true });
    mkdirSync(join(file, 'of someone'), { recursive: true });
    assert.equal((await report()).totals.answers, 1);
    assert.match(indexState(file)?.damage ?? '', /something else/);
  });

  it(
    'that may only be read still has what stood in logs that are gone',
    {
      skip: process.getuid?.() === 0 && 'root may write everywhere',
    },
    async () => {
      const { ground, write, report } = user();
      const file = write(CLAUDE, [claudeAnswer('m1', 1)]);
      await report();
      rmSync(file);
      write(CLAUDE, [claudeAnswer('m2', 1)]);
      const run = join(ground, 'home/run');
      chmodSync(join(run, 'tokens.sqlite'), 0o400);
      chmodSync(run, 0o500);
      assert.equal((await report()).totals.answers, 2);
      chmodSync(run, 0o700);
    },
  );

  it('reads a log from its beginning if what it remembers of it is no JSON', async () => {
    const { place, write, report } = user();
    write(CLAUDE, [claudeAnswer('m1', 1)]);
    await report();
    await readTokens(place, ALL_OF_IT, {}, ({ index }) =>
      index.connection.exec("UPDATE files SET memory = '{half', stamp = ''"),
    );
    const { totals, unreadable } = await report();
    assert.deepEqual([totals.answers, unreadable], [1, []]);
  });

  it('knows a time in microseconds and nanoseconds, and a folder with a slash at its end', async () => {
    const { write, report } = user();
    const at = Date.UTC(2026, 2, 4, 10);
    const times = [at / 1e3, at, at * 1e3, at * 1e6, `${at}000`];
    write(
      CLAUDE,
      times.map((timestamp, n) => claudeAnswer(`m${n}`, 1, { timestamp, cwd: n > 2 ? '/shop/' : '/shop' })),
    );
    const days = await report('day');
    assert.deepEqual(
      days.rows.filter(({ answers }) => answers > 0).map(({ group, answers }) => [group, answers]),
      [['2026-03-04', times.length]],
    );
    assert.deepEqual(
      (await report('project')).rows.map(({ group }) => group),
      ['/shop'],
    );
  });

  it('tolerates any content of a log', async () => {
    const { write, report } = user();
    const junk = '{"usage": broken\n[1,"usage"]\n"usage"\n\n{"message":{"usage":"x"}}\n';
    write(CLAUDE, [claudeAnswer('m1', 1)], junk);
    write(CLAUDE, [claudeAnswer('m2', 1, { timestamp: 7 }), claudeAnswer('m3', -1)]);
    assert.equal((await report()).totals.answers, 2);
  });
});
