import assert from 'node:assert/strict';
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openSqlite } from '../../events/store/connection.ts';
import { user } from './testing/logs.ts';

describe("Copilot's tokens", () => {
  it('come from its records, counted once if a session was forked from another', async () => {
    const { write, report } = user();
    const start = (sessionId: string) => ({
      type: 'session.start',
      timestamp: '2026-03-04T10:00:00.000Z',
      data: { sessionId, context: { cwd: '/home/dev/shop' } },
    });
    const used = (sourceSessionId: string, usageId: string, outputTokens: number) => ({
      type: 'session.usage_record',
      timestamp: '2026-03-04T10:00:05.000Z',
      data: {
        usage: {
          model: 'gpt-5',
          inputTokens: 100,
          cacheReadTokens: 60,
          cacheWriteTokens: 0,
          outputTokens,
          accounting: { sourceSessionId, usageId },
        },
      },
    });
    write('.copilot/session-state/a/events.jsonl', [start('a'), used('a', 'u1', 10), used('a', 'u2', 20)]);
    write('.copilot/session-state/b/events.jsonl', [start('b'), used('a', 'u1', 10), used('b', 'u3', 40)]);
    const { rows, totals } = await report('session');
    assert.deepEqual(rows.map(({ group, output }) => [group, output]).sort(), [
      ['a', 30],
      ['b', 40],
    ]);
    assert.deepEqual([totals.input, totals.cache_read], [300, 180]);
    assert.equal((await report('project')).rows[0]?.group, '/home/dev/shop');
  });
});

describe("Droid's tokens", () => {
  it('are the growing total of each session', async () => {
    const { ground, write, report } = user();
    const folder = '.factory/sessions/-home-dev-shop';
    write(`${folder}/s.jsonl`, [{ type: 'session_start', id: 's', cwd: '/home/dev/shop' }]);
    const total = (inputTokens: number, outputTokens: number) => {
      const tokenUsage = { inputTokens, outputTokens, cacheReadTokens: 60, cacheCreationTokens: 20 };
      const settings = JSON.stringify({ model: 'claude-sonnet-4-6', tokenUsage }, null, 2);
      writeFileSync(join(ground, folder, 's.settings.json'), settings);
    };
    total(0, 0);
    total(20, 10);
    assert.equal((await report()).totals.input, 100);
    total(420, 110);
    const { rows } = await report('project');
    assert.deepEqual(
      rows.map(({ group, answers, input, output }) => [group, answers, input, output]),
      [['/home/dev/shop', 1, 500, 110]],
    );
  });

  it('count on the day on which the total has grown, with those of thinking', async () => {
    const { ground, write, report } = user();
    const folder = '.factory/sessions/-home-dev-shop';
    write(`${folder}/s.jsonl`, [{ type: 'session_start', id: 's', cwd: '/home/dev/shop' }]);
    const total = (name: string, day: number, inputTokens: number, thinkingTokens: number) => {
      const file = join(ground, folder, `${name}.settings.json`);
      const tokenUsage = { inputTokens, outputTokens: 10, thinkingTokens };
      writeFileSync(file, JSON.stringify({ model: 'claude-sonnet-4-6', tokenUsage }));
      const written = new Date(2026, 2, day, 12);
      utimesSync(file, written, written);
    };
    const days = async () =>
      (await report('day')).rows.map(({ group, input, output }) => [group, input, output]);
    total('s', 4, 1000, 40);
    await report();
    total('s', 5, 1100, 50);
    const right = [
      ['2026-03-04', 1000, 50],
      ['2026-03-05', 100, 10],
    ];
    assert.deepEqual(await days(), right);
    // A copy, and an older state of it that comes back from a backup.
    write(`${folder}/copy.jsonl`, [{ type: 'session_start', id: 's', cwd: '/home/dev/shop' }]);
    total('copy', 6, 1100, 50);
    total('s', 7, 1000, 40);
    assert.deepEqual(await days(), right);
    // A smaller total that was never seen takes nothing from the days before.
    total('s', 8, 700, 30);
    assert.deepEqual(await days(), right);
  });

  it('count thinking once where Droid also counts it as output', async () => {
    const { write, report } = user();
    const tokenUsage = { inputTokens: 40, outputTokens: 10, thinkingTokens: 4 };
    const settings = (providerLock: string) => JSON.stringify({ providerLock, tokenUsage });
    write('.factory/sessions/a.settings.json', [], settings('openai'));
    write('.factory/sessions/b.settings.json', [], settings('anthropic'));
    assert.equal((await report()).totals.output, 10 + 14);
  });

  it('that cannot be read are reported', async () => {
    const { ground, write, report } = user();
    write('.factory/sessions/x.settings.json', [], '{"tokenUsage": {"inp');
    assert.deepEqual((await report()).unreadable, [
      { path: join(ground, '.factory/sessions/x.settings.json'), reason: 'skipped a total that is no JSON' },
    ]);
  });
});

describe("OpenCode's tokens", () => {
  const message = (created: number, output: number, changes: object = {}) => ({
    role: 'assistant',
    modelID: 'claude-sonnet-4-6',
    path: { cwd: '/home/dev/shop' },
    time: { created, completed: created + 500 },
    tokens: { input: 40, output, reasoning: 4, cache: { read: 60, write: 0 } },
    ...changes,
  });

  /** Its database with the columns that are read (1.18.33). */
  function openCode(ground: string) {
    const folder = join(ground, '.local', 'share', 'opencode');
    mkdirSync(folder, { recursive: true });
    const database = openSqlite(join(folder, 'opencode.db'));
    database.pragma('journal_mode = WAL');
    database.exec(`
      CREATE TABLE session (id TEXT PRIMARY KEY, time_updated INTEGER NOT NULL);
      CREATE TABLE message (id TEXT PRIMARY KEY, session_id TEXT NOT NULL, time_created INTEGER NOT NULL,
        time_updated INTEGER NOT NULL, data TEXT NOT NULL)`);
    const say = (id: string, session: string, created: number, updated: number, data: object) => {
      database
        .prepare('INSERT OR REPLACE INTO session (id, time_updated) VALUES (?, ?)')
        .run(session, updated);
      database
        .prepare('INSERT OR REPLACE INTO message VALUES (?, ?, ?, ?, ?)')
        .run(id, session, created, updated, JSON.stringify(data));
    };
    return { database, say };
  }
  const start = Date.UTC(2026, 2, 4, 10);

  it('are read from its database while it is in use, once if a session was forked', async () => {
    const { ground, report } = user();
    const { database, say } = openCode(ground);
    say('q', 'a', start, start, { role: 'user' });
    say('m1', 'a', start, start + 100, message(start, 0, { tokens: { input: 0, output: 0, reasoning: 0 } }));
    assert.equal((await report()).totals.answers, 0);
    say('m1', 'a', start, start + 500, message(start, 6));
    assert.deepEqual((await report()).totals.output, 10);
    say('m2', 'b', start, start + 9000, message(start, 6));
    say('m3', 'b', start + 9000, start + 9500, message(start + 9000, 16));
    const { rows, totals } = await report('session');
    assert.deepEqual(rows.map(({ group, output }) => [group, output]).sort(), [
      ['a', 10],
      ['b', 20],
    ]);
    assert.deepEqual([totals.input, totals.cache_read], [200, 120]);
    database.close();
  });

  it('are read from a database without times of its messages, and not hidden by one of the future', async () => {
    const { ground, write, report } = user();
    const { database, say } = openCode(ground);
    say('m1', 'a', start, 9e15, message(start, 6));
    assert.equal((await report()).totals.answers, 1);
    say('m2', 'a', start + 9000, Date.now(), message(start + 9000, 6));
    assert.equal((await report()).totals.answers, 2);
    database.close();
    const older = openSqlite(write('.local/share/opencode/opencode-old.db', []));
    older.exec('CREATE TABLE session (id TEXT); CREATE TABLE message (id TEXT, session_id TEXT, data TEXT)');
    older.exec("INSERT INTO session VALUES ('o'); INSERT INTO message VALUES ('junk', 'o', '{half')");
    older.prepare("INSERT INTO message VALUES ('m', 'o', ?)").run(JSON.stringify(message(start + 20_000, 6)));
    older.close();
    const { totals, unreadable } = await report();
    assert.deepEqual([totals.answers, unreadable], [3, []]);
  });

  it('are none in an older database, and a broken one is reported', async () => {
    const { ground, report } = user();
    const folder = join(ground, '.local', 'share', 'opencode');
    mkdirSync(folder, { recursive: true });
    openSqlite(join(folder, 'opencode-old.db')).exec('CREATE TABLE other (id TEXT)').close();
    const broken = join(folder, 'opencode.db');
    writeFileSync(broken, 'no database at all, whatever its name says'.repeat(50));
    const { totals, unreadable } = await report();
    assert.equal(totals.answers, 0);
    assert.deepEqual(
      unreadable.map(({ path }) => path),
      [broken],
    );
  });

  it('of sub agents that began at one time are apart, and an answer without a valid time costs itself', async () => {
    const { ground, report } = user();
    const { database, say } = openCode(ground);
    database.exec('ALTER TABLE session ADD COLUMN parent_id TEXT');
    for (const id of ['a', 'b', 'c']) say(`m-${id}`, id, start, start + 500, message(start, 6));
    say('m-bad', 'a', 9e15, start + 600, message(9e15, 6));
    say('m-d', 'd', start, start + 700, message(start, 7));
    say('m-e', 'a', start + 800, start + 800, message(start + 800, 6));
    database.exec("UPDATE session SET parent_id = 'a' WHERE id IN ('b', 'c')");
    const { totals, unreadable } = await report();
    assert.deepEqual([totals.answers, unreadable.length], [5, 1]);
    database.close();
  });
});
