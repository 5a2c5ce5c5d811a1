import assert from 'node:assert/strict';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { paths } from '../../config/paths.ts';
import { openSqlite } from '../../events/store/connection.ts';
import { temporaryFolder } from '../../lib/testing/processes.ts';
import { ALL_OF_IT, openTokens } from './logs.ts';
import { type Group, reportOf } from './report.ts';

/** A user whose agents have written logs. */
function user() {
  const ground = temporaryFolder();
  const place = { paths: paths(join(ground, 'home')), env: { HOME: ground } };
  const write = (name: string, lines: readonly object[], also = '') => {
    const file = join(ground, name);
    mkdirSync(join(file, '..'), { recursive: true });
    appendFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join('') + also);
    return file;
  };
  const report = async (by: Group = 'model') => {
    const { index, logs, updated } = await openTokens(place, ALL_OF_IT);
    const window = { start: 0, end: Date.UTC(2100, 0) };
    const providers = logs.map(({ provider_id }) => provider_id);
    const tokenReport = reportOf(index, { window, by, providers, sessions: null });
    index.close();
    return { ...tokenReport, ...updated };
  };
  return { ground, write, report };
}

const claudeAnswer = (id: string | null, output: number, facts: Record<string, unknown> = {}) => ({
  type: 'assistant',
  timestamp: '2026-03-04T10:00:00.000Z',
  cwd: '/home/dev/shop',
  sessionId: 's',
  requestId: 'r',
  message: {
    ...(id === null ? {} : { id }),
    model: 'claude-sonnet-4-6',
    usage: {
      input_tokens: 100,
      cache_creation_input_tokens: 1000,
      cache_read_input_tokens: 5000,
      output_tokens: output,
    },
  },
  ...facts,
});
const CLAUDE = '.claude/projects/-home-dev-shop/s.jsonl';

const meta = (id: string, forked_from_id?: string) => ({
  timestamp: '2026-03-04T10:00:00.000Z',
  type: 'session_meta',
  payload: { id, cwd: '/home/dev/shop', ...(forked_from_id ? { forked_from_id } : {}) },
});
const turn = {
  timestamp: '2026-03-04T10:00:01.000Z',
  type: 'turn_context',
  payload: { model: 'gpt-5.5', cwd: '/r' },
};
const count = (total: number, last: number, at = '2026-03-04T10:00:05.000Z') => ({
  timestamp: at,
  type: 'event_msg',
  payload: {
    type: 'token_count',
    info: {
      total_token_usage: { input_tokens: total, output_tokens: total / 10, total_tokens: total * 1.1 },
      last_token_usage: { input_tokens: last, cached_input_tokens: last / 2, output_tokens: last / 10 },
    },
  },
});
const codex = (name: string) => `.codex/sessions/2026/03/04/rollout-${name}.jsonl`;

describe("Claude's tokens", () => {
  it('are counted once per answer, however often it was written', async () => {
    const { write, report } = user();
    write(CLAUDE, [{ type: 'user' }, claudeAnswer('m1', 10), claudeAnswer('m1', 40), claudeAnswer('m2', 5)]);
    write('.claude/projects/-home-dev-shop/resumed.jsonl', [
      claudeAnswer('m1', 40),
      claudeAnswer('m3', 1, { isSidechain: true }),
    ]);
    write('.claude/projects/-home-dev-shop/helper.jsonl', [claudeAnswer('m2', 500, { isSidechain: true })]);
    const { totals } = await report();
    assert.deepEqual([totals.answers, totals.output, totals.cache_read], [3, 46, 15_000]);
    assert.equal(totals.input, 3 * 6100);
  });

  it('are all counted without an id, but not those that no model produced', async () => {
    const { write, report } = user();
    const synthetic = {
      ...claudeAnswer('x', 1),
      message: { ...claudeAnswer('x', 1).message, model: '<synthetic>' },
    };
    write(CLAUDE, [claudeAnswer(null, 1), claudeAnswer(null, 1), synthetic]);
    assert.equal((await report()).totals.answers, 2);
  });
});

describe("Codex' tokens", () => {
  it('are the last count of each answer, repeated or not', async () => {
    const { write, report } = user();
    write(codex('a'), [meta('a'), turn, count(1000, 1000), count(1000, 1000), count(3000, 2000)]);
    const { rows } = await report();
    assert.deepEqual(
      rows.map(({ group, answers, input, output }) => [group, answers, input, output]),
      [['gpt-5.5', 2, 3000, 300]],
    );
  });

  it('are not counted again in a session that was forked from another', async () => {
    const { write, report } = user();
    write(codex('a'), [meta('a'), turn, count(1000, 1000), count(3000, 2000)]);
    const later = '2026-03-04T12:00:00.000Z';
    const copied = [turn, count(1000, 1000, later), count(3000, 2000, later)];
    write(codex('b'), [meta('b', 'a'), ...copied, count(3500, 500, later)]);
    write(codex('c'), [meta('c'), meta('a'), ...copied, count(3700, 700, later)]);
    const { rows } = await report('session');
    assert.deepEqual(rows.map(({ group, input }) => [group, input]).sort(), [
      ['a', 3000],
      ['b', 500],
      ['c', 700],
    ]);
  });

  it('are not counted again in a sub agent, which names its parent where it says how it was spawned', async () => {
    const { write, report } = user();
    write(codex('a'), [meta('a'), turn, count(1000, 1000), count(3300, 2300)]);
    const spawned = meta('b');
    const source = { subagent: { thread_spawn: { parent_thread_id: 'a', depth: 1 } } };
    const head = { ...spawned, payload: { ...spawned.payload, source } };
    write(codex('b'), [head, turn, count(1000, 1000), count(3300, 2300), count(3700, 400)]);
    assert.equal((await report()).totals.input, 3700);
  });

  it('are all counted in a fork that only names its parent, even if totals happen to be equal', async () => {
    const { write, report } = user();
    write(codex('a'), [meta('a'), turn, count(1000, 1000), count(3000, 2000)]);
    const fork = meta('b', 'a');
    const history_base = { thread_id: 'a', end_ordinal_exclusive: 9 };
    write(codex('b'), [{ ...fork, payload: { ...fork.payload, history_base } }, turn, count(3000, 2000)]);
    assert.equal((await report()).totals.input, 5000);
  });
});

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
      database.prepare('INSERT OR REPLACE INTO session VALUES (?, ?)').run(session, updated);
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
});

describe('the tokens of a day', () => {
  it("are those between two midnights in the reader's time zone", async () => {
    const { write, report } = user();
    const local = (day: number, hour: number, minute = 0) => ({
      timestamp: new Date(2026, 2, day, hour, minute).toISOString(),
    });
    write(CLAUDE, [
      claudeAnswer('m1', 1, local(4, 0)),
      claudeAnswer('m2', 2, local(4, 23, 59)),
      claudeAnswer('m3', 4, local(5, 0)),
      claudeAnswer('m4', 8, local(7, 12)),
    ]);
    const { rows, totals } = await report('day');
    assert.deepEqual(
      rows.map(({ group, output }) => [group, output]),
      [
        ['2026-03-04', 3],
        ['2026-03-05', 4],
        ['2026-03-07', 8],
      ],
    );
    assert.equal(totals.output, 15);
  });
});

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
    assert.deepEqual([(await report()).totals.answers, (await report()).totals.output], [6, 21]);
    rmSync(join(ground, '.claude'), { recursive: true });
    assert.equal((await report()).totals.answers, 6);
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
    assert.equal((await report()).totals.answers, 301);
  });

  it('tolerates any content of a log', async () => {
    const { write, report } = user();
    const junk = '{"usage": broken\n[1,"usage"]\n"usage"\n\n{"message":{"usage":"x"}}\n';
    write(CLAUDE, [claudeAnswer('m1', 1)], junk);
    write(CLAUDE, [claudeAnswer('m2', 1, { timestamp: 7 }), claudeAnswer('m3', -1)]);
    assert.equal((await report()).totals.answers, 2);
  });
});

describe('a log with a faulty part', () => {
  const good = (id: string) => claudeAnswer(id, 1);
  const reasons = (unreadable: readonly { reason: string }[]) =>
    unreadable.map(({ reason }) => reason).join();

  it('counts all else, and reports the part until it is gone', async () => {
    const { ground, write, report } = user();
    write(CLAUDE, [good('m1'), { ...good('m2'), timestamp: '0000-00-00T00:00:00Z' }], '{"usage": broken\n');
    write(CLAUDE, [good('m3')]);
    for (let time = 0; time < 2; time++) {
      const { totals, unreadable } = await report('day');
      assert.equal(totals.answers, 2);
      assert.match(reasons(unreadable), /^skipped 1 line that is no JSON; skipped 1 answer without a time$/);
    }
    rmSync(join(ground, CLAUDE));
    const { totals, unreadable } = await report();
    assert.deepEqual([totals.answers, unreadable], [2, []]);
  });

  it('of one agent leaves the others as they are', async () => {
    const { write, report } = user();
    write(CLAUDE, [{ ...good('m1'), timestamp: 'yesterday' }]);
    write(codex('a'), [
      meta('a'),
      turn,
      count(500, 500),
      count(600, 100, '9999-99-99T00:00:00Z'),
      count(800, 200),
    ]);
    assert.deepEqual(
      (await report('day')).rows.map(({ group, input }) => [group, input]),
      [['2026-03-04', 700]],
    );
  });

  it('reads on after a line that is too long to be read', async () => {
    const { write, report } = user();
    const file = write(CLAUDE, [good('m1')]);
    for (let part = 0; part < 5; part++) appendFileSync(file, 'x'.repeat(8 << 20));
    assert.equal((await report()).totals.answers, 1);
    write(CLAUDE, [], '\n');
    write(CLAUDE, [good('m2')]);
    const { totals, unreadable } = await report();
    assert.deepEqual([totals.answers, reasons(unreadable)], [2, 'skipped 1 line of over 32 MiB']);
  });

  it('reads lines with a byte order mark, CRLF, NUL bytes and no end', async () => {
    const { ground, report } = user();
    const file = join(ground, CLAUDE);
    mkdirSync(join(file, '..'), { recursive: true });
    const [a, b, c, d] = ['m1', 'm2', 'm3', 'm4'].map((id) => JSON.stringify(good(id)));
    writeFileSync(file, `\uFEFF${a}\r\n\0\0\0${b}\r\n${c}`);
    assert.deepEqual([(await report()).totals.answers, (await report()).unreadable], [3, []]);
    appendFileSync(file, `\n${d?.slice(0, 40)}`);
    assert.deepEqual([(await report()).totals.answers, (await report()).unreadable], [3, []]);
    appendFileSync(file, `${d?.slice(40)}\n`);
    assert.deepEqual([(await report()).totals.answers, (await report()).unreadable], [4, []]);
  });

  it(
    'in a folder that cannot be read counts the other folders',
    { skip: process.getuid?.() === 0 },
    async () => {
      const { ground, write, report } = user();
      write(CLAUDE, [good('m1')]);
      const hidden = join(ground, '.claude/projects/-hidden');
      mkdirSync(hidden);
      chmodSync(hidden, 0);
      const { totals, unreadable } = await report();
      chmodSync(hidden, 0o700);
      assert.deepEqual([totals.answers, unreadable.map(({ path }) => path)], [1, [hidden]]);
    },
  );

  it('may lie behind links, also in a circle, and is counted once', async () => {
    const { ground, write, report } = user();
    const projects = join(ground, '.claude/projects');
    write('elsewhere/s.jsonl', [claudeAnswer(null, 1)]);
    write(CLAUDE, [claudeAnswer(null, 1)]);
    symlinkSync(join(ground, 'elsewhere'), join(projects, 'a-link'));
    symlinkSync(join(ground, 'elsewhere'), join(projects, 'z-link'));
    symlinkSync(join(ground, CLAUDE), join(projects, 'same.jsonl'));
    symlinkSync('..', join(projects, '-home-dev-shop/up'));
    symlinkSync('self', join(projects, 'self'));
    symlinkSync('nowhere', join(projects, 'gone.jsonl'));
    mkdirSync(join(ground, '.config'));
    symlinkSync(join(ground, '.claude'), join(ground, '.config/claude'));
    const { totals, unreadable } = await report();
    assert.deepEqual([totals.answers, unreadable], [2, []]);
  });
});

describe('the price', () => {
  it('is the list price, with the cache at its own rate, and null for a model without one', async () => {
    const { write, report } = user();
    const unknown = {
      ...claudeAnswer('m2', 1),
      message: { ...claudeAnswer('m2', 1).message, model: 'nobody-knows-1' },
    };
    write(CLAUDE, [claudeAnswer('m1', 1000), unknown]);
    const { totals, unpriced_models, rows } = await report();
    // 100 fresh at 3 $, 1000 written at 3.75 $, 5000 read at 0.3 $, 1000 out at 15 $ a million.
    assert.equal(totals.usd?.toFixed(5), (0.0003 + 0.00375 + 0.0015 + 0.015).toFixed(5));
    assert.deepEqual([totals.unpriced_answers, unpriced_models], [1, ['nobody-knows-1']]);
    assert.equal(rows.find(({ group }) => group === 'nobody-knows-1')?.usd, null);
  });
});
