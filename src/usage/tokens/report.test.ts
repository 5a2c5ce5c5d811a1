import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ALL_OF_IT, openTokens } from './logs.ts';
import { reportOf } from './report.ts';
import { CLAUDE, claudeAnswer, user } from './testing/logs.ts';

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

describe('a day', () => {
  it('that the window covers only in part is marked, at both ends, but not today', async () => {
    const { ground, place, write } = user();
    const local = (day: number, hour: number) => new Date(2026, 2, day, hour).getTime();
    write(
      CLAUDE,
      [3, 4, 5].map((day) =>
        claudeAnswer(`m${day}`, 1, { timestamp: new Date(local(day, 12)).toISOString() }),
      ),
    );
    const { index, logs } = await openTokens(place, ALL_OF_IT);
    await index.update(logs, { env: place.env, home: ground }, ALL_OF_IT);
    const partial = (start: number, end: number, now: number) =>
      reportOf(index, {
        window: { start, end },
        now,
        by: 'day',
        providers: ['claude-code'],
        sessions: null,
      }).rows.flatMap(({ group, partial: isPartial }) => (isPartial ? [group] : []));
    assert.deepEqual(partial(local(3, 0), local(5, 13), local(5, 13)), []);
    assert.deepEqual(partial(local(3, 9), local(5, 13), local(7, 0)), ['2026-03-03', '2026-03-05']);
    index.close();
  });
});

describe('a project', () => {
  const answer = (id: string, cwd: string) => claudeAnswer(id, 1, { cwd });

  it('has the tokens of its worktrees, also of those that are gone', async () => {
    const { ground, write, report } = user();
    const [app, linked] = [join(ground, 'app'), join(ground, 'wt/feature-a')];
    write('app/.git/worktrees/feature-a/commondir', [], '../..\n');
    write('wt/feature-a/.git', [], `gitdir: ${app}/.git/worktrees/feature-a\n`);
    write('app/lib/.git', [], 'gitdir: ../.git/modules/lib\n');
    write(CLAUDE, [answer('m1', app), answer('m2', linked), answer('m3', `${linked}/src`)]);
    write(CLAUDE, [answer('m4', `${app}/.claude/worktrees/x`), answer('m5', `${app}/lib`)]);
    const right = [
      [app, 3],
      [`${app}/lib`, 1],
      [`${app}/src`, 1],
    ];
    const projects = async () =>
      (await report('project')).rows.map(({ group, answers }) => [group, answers]).sort();
    assert.deepEqual(await projects(), right);
    rmSync(join(ground, 'wt'), { recursive: true });
    write(CLAUDE, [answer('m6', linked)]);
    assert.deepEqual(await projects(), [[app, 4], ...right.slice(1)]);
  });

  it('has the tokens of worktrees that only the ledger knows', async () => {
    const { ground, place, write } = user();
    write(CLAUDE, [answer('m1', '/trees/1/src'), answer('m2', '/app/src'), answer('m3', '/trees/12')]);
    const { index, logs } = await openTokens(place, ALL_OF_IT);
    await index.update(logs, { env: place.env, home: ground }, ALL_OF_IT);
    const { rows } = reportOf(index, {
      window: { start: 0, end: Date.UTC(2027, 0) },
      by: 'project',
      providers: ['claude-code'],
      sessions: null,
      worktrees: [{ worktree: '/trees/1', repository: '/app' }],
    });
    index.close();
    assert.deepEqual(
      rows.map(({ group, answers }) => [group, answers]),
      [
        ['/app/src', 2],
        ['/trees/12', 1],
      ],
    );
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
