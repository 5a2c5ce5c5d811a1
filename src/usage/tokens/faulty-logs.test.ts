import assert from 'node:assert/strict';
import { appendFileSync, chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { CLAUDE, claudeAnswer, codex, count, meta, turn, user } from './testing/logs.ts';

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

  it('stores valid times only, whatever form they came in', async () => {
    const { write, report } = user();
    const times = [
      '2026-03-04T10:00:00Z',
      '2026-03-04T23:30:00+13:30',
      Date.UTC(2026, 2, 4, 10),
      Date.UTC(2026, 2, 4, 10) / 1000,
      String(Date.UTC(2026, 2, 4, 10)),
      '0000-00-00T00:00:00Z',
      '2026-13-45T00:00:00Z',
      1e300,
      -1,
      null,
      { at: 1 },
      '',
    ];
    write(
      CLAUDE,
      times.map((timestamp, n) => claudeAnswer(`m${n}`, 1, { timestamp, requestId: `r${n}` })),
    );
    const { rows, unreadable } = await report('day');
    assert.deepEqual(
      rows.map(({ group, answers }) => [group, answers]),
      [['2026-03-04', 5]],
    );
    assert.equal(reasons(unreadable), 'skipped 7 answers without a time');
  });

  it('has no count that no answer can have', async () => {
    const { write, report } = user();
    const answer = (id: string, input_tokens: unknown) => {
      const { message, ...line } = claudeAnswer(id, 1, { requestId: id });
      return { ...line, message: { ...message, usage: { input_tokens, output_tokens: 1 } } };
    };
    const nonsense = [1e300, 2 ** 63, '1e18', -5, 'many', null, [], true];
    write(CLAUDE, [...nonsense.map((each, n) => answer(`x${n}`, each)), answer('good', 70)]);
    const { totals, unreadable } = await report();
    assert.deepEqual([totals.answers, totals.input, unreadable], [9, 70, []]);
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
    write('elsewhere/s.jsonl', [claudeAnswer(null, 2)]);
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
