import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { paths } from '../../config/paths.ts';
import { temporaryFolder } from '../../events/testing/processes.ts';
import { type Group, tokenReport } from './report.ts';

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
  const report = (by: Group = 'model') =>
    tokenReport(place, { window: { start: 0, end: Date.UTC(2100, 0) }, by, providers: null });
  return { ground, write, report };
}

const said = (id: string | null, output: number, facts: Record<string, unknown> = {}) => ({
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
  it('are counted once an answer, however often it was written', () => {
    const { write, report } = user();
    write(CLAUDE, [{ type: 'user' }, said('m1', 10), said('m1', 40), said('m2', 5)]);
    write('.claude/projects/-home-dev-shop/resumed.jsonl', [
      said('m1', 40),
      said('m3', 1, { isSidechain: true }),
    ]);
    write('.claude/projects/-home-dev-shop/helper.jsonl', [said('m2', 500, { isSidechain: true })]);
    const { totals } = report();
    assert.deepEqual([totals.answers, totals.output, totals.cache_read], [3, 46, 15_000]);
    assert.equal(totals.input, 3 * 6100);
  });

  it('without an id are all counted, and what no model said is not', () => {
    const { write, report } = user();
    const synthetic = { ...said('x', 1), message: { ...said('x', 1).message, model: '<synthetic>' } };
    write(CLAUDE, [said(null, 1), said(null, 1), synthetic]);
    assert.equal(report().totals.answers, 2);
  });
});

describe("Codex' tokens", () => {
  it('are the last count of each answer, told again or not', () => {
    const { write, report } = user();
    write(codex('a'), [meta('a'), turn, count(1000, 1000), count(1000, 1000), count(3000, 2000)]);
    const { rows } = report();
    assert.deepEqual(
      rows.map(({ group, answers, input, output }) => [group, answers, input, output]),
      [['gpt-5.5', 2, 3000, 300]],
    );
  });

  it('are not counted again in a session that was forked from another', () => {
    const { write, report } = user();
    write(codex('a'), [meta('a'), turn, count(1000, 1000), count(3000, 2000)]);
    const later = '2026-03-04T12:00:00.000Z';
    const copied = [turn, count(1000, 1000, later), count(3000, 2000, later)];
    write(codex('b'), [meta('b', 'a'), ...copied, count(3500, 500, later)]);
    write(codex('c'), [meta('c'), meta('a'), ...copied, count(3700, 700, later)]);
    const { rows } = report('session');
    assert.deepEqual(rows.map(({ group, input }) => [group, input]).sort(), [
      ['a', 3000],
      ['b', 500],
      ['c', 700],
    ]);
  });
});

describe('the index', () => {
  it('goes on where it stopped, and waits for the end of a line', () => {
    const { write, report } = user();
    const half = JSON.stringify(said('m2', 2));
    write(CLAUDE, [said('m1', 1)], half.slice(0, 50));
    assert.equal(report().totals.answers, 1);
    write(CLAUDE, [], `${half.slice(50)}\n`);
    assert.equal(report().totals.answers, 2);
    write(codex('a'), [meta('a'), turn]);
    report();
    write(codex('a'), [count(10, 10)]);
    assert.ok(report().rows.some(({ group }) => group === 'gpt-5.5'));
  });

  it('does not read again what has not changed, and reads another file of the same name', () => {
    const { write, report } = user();
    const file = write(CLAUDE, [said('m1', 1)]);
    const noon = new Date('2026-03-04T12:00:00.000Z');
    utimesSync(file, noon, noon);
    report();
    writeFileSync(file, 'x'.repeat(statSync(file).size));
    utimesSync(file, noon, noon);
    assert.equal(report().totals.answers, 1);
    rmSync(file);
    write(CLAUDE, [said('m7', 7)]);
    assert.equal(report().totals.output, 7);
  });

  it('keeps what an agent has thrown away since', () => {
    const { write, report } = user();
    rmSync(write(CLAUDE, [said('m1', 1)]));
    const { write: again, report: told, ground } = user();
    const file = again(CLAUDE, [said('m1', 1)]);
    told();
    rmSync(file);
    assert.equal(told().totals.answers, 1);
    assert.equal(report().totals.answers, 0);
    assert.equal(statSync(join(ground, 'home', 'run', 'tokens.sqlite')).mode & 0o777, 0o600);
  });

  it('bears whatever stands in a log', () => {
    const { write, report } = user();
    const junk = '{"usage": broken\n[1,"usage"]\n"usage"\n\n{"message":{"usage":"x"}}\n';
    write(CLAUDE, [said('m1', 1)], junk);
    write(CLAUDE, [said('m2', 1, { timestamp: 7 }), said('m3', -1)]);
    assert.equal(report().totals.answers, 2);
  });
});

describe('the price', () => {
  it('is the list price, the cache at its own rate, and none for a model that has none', () => {
    const { write, report } = user();
    const unknown = { ...said('m2', 1), message: { ...said('m2', 1).message, model: 'nobody-knows-1' } };
    write(CLAUDE, [said('m1', 1000), unknown]);
    const { totals, unpriced_models, rows } = report();
    // 100 fresh at 3 $, 1000 written at 3.75 $, 5000 read at 0.3 $, 1000 out at 15 $ a million.
    assert.equal(totals.usd?.toFixed(5), (0.0003 + 0.00375 + 0.0015 + 0.015).toFixed(5));
    assert.deepEqual([totals.unpriced_answers, unpriced_models], [1, ['nobody-knows-1']]);
    assert.equal(rows.find(({ group }) => group === 'nobody-knows-1')?.usd, null);
  });
});
