import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Sighting } from '../../agents/contract/tokens/use.ts';
import { ALL_OF_IT, openTokens, tokenLogs } from './logs.ts';
import { reportOf } from './report.ts';
import { claudeAnswer, codex, count, meta, turn, user } from './testing/logs.ts';

/** Where an agent keeps its logs, what each begins with, and its lines. */
interface Logs {
  /** The path of a log by its number. */
  path: (index: number) => string;
  head: readonly object[];
  lines: readonly object[];
}

const minutes = (n: number) => new Date(Date.UTC(2026, 2, 4, 10, n)).toISOString();

const claudeLines = fc
  .array(
    fc.record({
      id: fc.constantFrom('msg_01XFDUDYJgAACzvnptvVoYEL', 'chatcmpl', 'relay', null),
      request: fc.constantFrom('r1', 'r2', undefined),
      agent: fc.constantFrom('a', 'b', undefined),
      minute: fc.integer({ min: 0, max: 3000 }),
      session: fc.constantFrom('s', 't'),
      output: fc.integer({ min: 1, max: 999 }),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((answers) =>
    answers.map(({ id, request, agent, minute, session, output }) =>
      claudeAnswer(id === 'chatcmpl' ? `${id}-${minute}` : id, output, {
        timestamp: minutes(minute),
        requestId: request && `${request}-${minute}`,
        sessionId: session,
        ...(agent ? { agentId: agent, isSidechain: true } : {}),
      }),
    ),
  )
  .map(
    (lines): Logs => ({
      path: (index) => `.claude/projects/-home-dev-shop/${index}.jsonl`,
      head: [],
      // Equal lines without an id are as many answers as one log has of them.
      lines: [...new Map(lines.map((line) => [JSON.stringify(line), line])).values()],
    }),
  );

const codexLines = fc
  .array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 12 })
  .map((lasts): Logs => {
    let total = 0;
    const lines = lasts.map((last, n) => {
      total += last * 10;
      return count(total, last * 10, minutes(n));
    });
    return { path: (index) => codex(String(index)), head: [meta('a'), turn], lines };
  });

const copilotLines = fc
  .array(
    fc.record({ id: fc.constantFrom('u1', 'u2', 'u3', undefined), output: fc.integer({ min: 1, max: 9 }) }),
    { minLength: 1, maxLength: 8 },
  )
  .map((records): Logs => {
    const lines = records.map(({ id, output }, n) => ({
      type: 'session.usage_record',
      timestamp: minutes(id === undefined ? n : 0),
      data: {
        usage: {
          model: 'gpt-5',
          inputTokens: 100,
          outputTokens: id === undefined ? output : 7,
          ...(id ? { accounting: { sourceSessionId: 'a', usageId: id } } : {}),
        },
      },
    }));
    const data = { sessionId: 'a', context: { cwd: '/home/dev/shop' } };
    const head = [{ type: 'session.start', timestamp: minutes(0), data }];
    return { path: (index) => `.copilot/session-state/${index}/events.jsonl`, head, lines };
  });

/** One disk with logs, counted again after each change of them. */
async function disk({ path, head }: Logs) {
  const { ground, place } = user();
  // One index for all counts: what it knows from before is what they are about.
  const { index, logs } = await openTokens(place, ALL_OF_IT);
  const providers = logs.map(({ provider_id }) => provider_id);
  const window = { start: Date.UTC(2026, 2, 1), end: Date.UTC(2026, 2, 20) };
  const fileOf = (index: number) => join(ground, path(index));
  const put = (index: number, lines: readonly object[]) => {
    mkdirSync(dirname(fileOf(index)), { recursive: true });
    writeFileSync(fileOf(index), [...head, ...lines].map((line) => `${JSON.stringify(line)}\n`).join(''));
  };
  const move = (from: number, to: number) => {
    mkdirSync(dirname(fileOf(to)), { recursive: true });
    renameSync(fileOf(from), fileOf(to));
  };
  const totals = async () => {
    await index.update(logs, { env: place.env, home: ground }, ALL_OF_IT);
    const { rows } = reportOf(index, { window, by: 'day', providers, sessions: null });
    return rows.map(({ group, answers, input, output }) => [group, answers, input, output]);
  };
  const remove = (index: number) => rmSync(fileOf(index));
  return { put, move, remove, totals, close: () => index.close() };
}

/** A part of the lines for each of two logs, with some in both. */
const halves = <T>(lines: readonly T[], sides: readonly number[]): [T[], T[]] => [
  lines.filter((_, n) => (sides[n % sides.length] ?? 0) !== 1),
  lines.filter((_, n) => (sides[n % sides.length] ?? 0) !== 0),
];

const AGENTS = { claude: claudeLines, codex: codexLines, copilot: copilotLines };

describe('the totals of an agent', () => {
  for (const [agent, logs] of Object.entries(AGENTS))
    it(`of ${agent} are the same however its logs are copied, split, merged, ordered, renamed or deleted`, async () => {
      const sides = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 3, maxLength: 12 });
      await fc.assert(
        fc.asyncProperty(logs, sides, fc.boolean(), async (given, parts, isFirstGone) => {
          const { lines } = given;
          const whole = await disk(given);
          whole.put(1, lines);
          const right = await whole.totals();

          // The same lines, in two logs from the beginning.
          const split = await disk(given);
          const [some, others] = halves(lines, parts);
          split.put(1, others);
          split.put(2, some);
          assert.deepEqual(await split.totals(), right, 'split');
          // Merged into one, in another order, and the logs that they came from are gone.
          split.put(0, agent === 'codex' ? lines : lines.toReversed());
          split.remove(isFirstGone ? 1 : 2);
          assert.deepEqual(await split.totals(), right, 'merged');

          whole.put(2, lines);
          assert.deepEqual(await whole.totals(), right, 'copied');
          whole.move(1, 3);
          assert.deepEqual(await whole.totals(), right, 'renamed');
          whole.put(2, some);
          whole.remove(3);
          assert.deepEqual(await whole.totals(), right, 'rewritten');
          split.close();
          whole.close();
        }),
        { numRuns: 15 },
      );
    });
});

/** A sighting with what any agent decides by, of few values, so that many are alike. */
const sighting = fc
  .record({
    second: fc.constantFrom(0, 1, 40, 400),
    input: fc.constantFrom(0, 100, 200),
    output: fc.constantFrom(1, 2),
    session: fc.constantFrom('s', 't'),
    facts: fc.record({
      kind: fc.constantFrom('count', 'record'),
      log: fc.constantFrom('f', 'g'),
      parent: fc.constantFrom('f', null),
      begun: fc.constant(minutes(0)),
      response: fc.constantFrom('r1', 'r2'),
      sum: fc.constantFrom('1', '2', null),
      last: fc.constantFrom('1', null),
      request: fc.constantFrom('r1', 'r2', null),
      agent: fc.constantFrom('a', 'b', null),
      side: fc.boolean(),
      run: fc.constantFrom('u', null),
      helper: fc.boolean(),
      completed: fc.constantFrom(1, 2),
    }),
  })
  .map(({ second, facts, ...figures }): Sighting => {
    const { input, output } = figures;
    const total = { input, cache_read: 0, cache_write: 0, output };
    return {
      ...figures,
      family: 'f',
      key: JSON.stringify([second, figures, facts]),
      rank: input + output,
      at: new Date(Date.UTC(2026, 2, 4, 10) + second * 1000).toISOString(),
      model: 'm',
      project: null,
      cache_read: 0,
      cache_write: 0,
      facts: { ...facts, total },
    };
  });

describe('what an agent settles', () => {
  it('does not depend on the order of the sightings, and each answer has a key of its own', async () => {
    const logs = (await tokenLogs()).filter(({ settle }) => settle !== undefined);
    assert.deepEqual(logs.map(({ provider_id }) => provider_id).sort(), [
      'claude-code',
      'codex-cli',
      'droid-cli',
      'kilo',
      'opencode',
    ]);
    const some = fc.uniqueArray(sighting, { selector: ({ key }) => key, maxLength: 12 });
    const orders = some.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(fc.constantFrom(...logs), orders, ({ settle }, [all, shuffled]) => {
        const answers = settle?.(all) ?? [];
        assert.deepEqual(settle?.(shuffled), answers);
        assert.equal(new Set(answers.map(({ key }) => key)).size, answers.length);
      }),
      { numRuns: 400 },
    );
  });
});
