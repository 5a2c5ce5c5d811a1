import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Sighting } from '../contract/tokens/use.ts';
import { codexAnswers } from './token-answers.ts';

const at = (seconds: number) => new Date(Date.UTC(2026, 2, 4, 10) + seconds * 1000).toISOString();

interface Counted {
  log: string;
  seconds: number;
  /** Null: only the other one is logged. */
  total: number | null;
  last: number | null;
  parent?: string;
  begun?: number;
}

const figures = (input: number) => ({ input, cache_read: 0, cache_write: 0, output: 0 });

const count = ({ log, seconds, total, last, parent, begun = 0 }: Counted): Sighting => ({
  family: 'a',
  key: JSON.stringify([log, total ?? [seconds, last]]),
  rank: 0,
  at: at(seconds),
  model: 'gpt-5.5',
  project: '/w',
  session: log,
  ...figures(last ?? 0),
  facts: {
    kind: 'count',
    log,
    parent: parent ?? null,
    begun: at(begun),
    sum: total === null ? null : String(total),
    last: last === null ? null : String(last),
    total: total === null ? null : figures(total),
  },
});

const record = (response: string, seconds: number, input: number, log = 'a'): Sighting => ({
  ...count({ log, seconds, total: null, last: input }),
  key: `${log} ${response}`,
  facts: { kind: 'record', log, response, last: String(input) },
});

const own = (log: string, seconds: number, total: number, last: number) =>
  count({ log, seconds, total, last });
/** Of a fork of `a` that began at 1800 seconds. */
const forked = (log: string, seconds: number, total: number, last: number, parent = 'a') =>
  count({ log, seconds, total, last, parent, begun: 1800 });

const counted = (...sightings: Sighting[]) =>
  codexAnswers(sightings)
    .map(({ session, input }) => `${session} ${input}`)
    .sort();

describe('a count with only a total', () => {
  const totalOnly = (seconds: number, total: number) => count({ log: 'a', seconds, total, last: null });

  it('repeats the record of what that grew by', () => {
    const all = [record('r1', 0, 500), totalOnly(1, 500), record('c', 5, 9000), record('r2', 9, 1000)];
    assert.deepEqual(counted(...all, totalOnly(10, 1500)), ['a 1000', 'a 500', 'a 9000']);
  });

  it('leaves out what counts without a total reported before', () => {
    const lasts = [1, 2].map((seconds) => count({ log: 'a', seconds, total: null, last: 500 }));
    assert.deepEqual(counted(...lasts, totalOnly(9, 1700)), ['a 500', 'a 500', 'a 700']);
  });
});

describe('the counts of a fork', () => {
  it('are counted in each of two forks with one total, and what they repeat is not', () => {
    const all = [
      own('a', 60, 1000, 1000),
      ...['b', 'c'].flatMap((log, index) => [
        forked(log, 1800, 1000, 1000),
        forked(log, 1860 + index * 840, 1500, 500),
      ]),
    ];
    assert.deepEqual(counted(...all), ['a 1000', 'b 500', 'c 500']);
    assert.deepEqual(counted(...all.toReversed()), ['a 1000', 'b 500', 'c 500']);
  });

  it('are its own if they only happen to have a total of its parent', () => {
    const all = [own('a', 60, 1000, 1000), own('a', 120, 1500, 500), forked('b', 1800, 1000, 1000)];
    assert.deepEqual(counted(...all, forked('b', 1900, 1500, 500)), ['a 1000', 'a 500', 'b 500']);
  });

  it('are shared by the forks of a parent whose log is gone', () => {
    const forks = ['b', 'c'].flatMap((log) => [forked(log, 1800, 1000, 1000), forked(log, 1900, 1500, 500)]);
    assert.deepEqual(counted(...forks), ['b 1000', 'b 500', 'c 500']);
    assert.deepEqual(counted(...forks, own('a', 60, 1000, 1000)), ['a 1000', 'b 500', 'c 500']);
  });

  it('are all those of sub agents that repeat nothing and work in parallel', () => {
    const helpers = ['b', 'c'].map((log) => forked(log, 1830, 1000, 1000));
    assert.deepEqual(counted(own('a', 60, 1000, 1000), ...helpers), ['a 1000', 'b 1000', 'c 1000']);
  });

  it('are not those that it repeats with their times, or of a fork that it was forked from', () => {
    const all = [own('a', 60, 1000, 1000), forked('b', 60, 1000, 1000), forked('b', 1900, 1400, 400)];
    const third = [forked('d', 1800, 1000, 1000, 'b'), forked('d', 1800, 1400, 400, 'b')];
    assert.deepEqual(counted(...all, ...third, forked('d', 2000, 1450, 50, 'b')), [
      'a 1000',
      'b 400',
      'd 50',
    ]);
  });
});

describe('the records of a session', () => {
  it('count once with the counts beside them, and alone for a compaction', () => {
    const all = [
      record('r1', 1, 1000),
      own('a', 2, 1000, 1000),
      record('r2', 3, 250_000),
      record('r3', 5, 3000),
      own('a', 6, 4000, 3000),
    ];
    assert.deepEqual(counted(...all), ['a 1000', 'a 250000', 'a 3000']);
    assert.deepEqual(counted(...all, record('r2', 1800, 250_000, 'b')).length, 3);
  });

  it('leave the counts from before there were records as they are', () => {
    const all = [own('a', 1, 1000, 1000), record('r', 9, 500), own('a', 10, 1500, 500)];
    assert.deepEqual(counted(...all), ['a 1000', 'a 500']);
  });
});

describe('a count', () => {
  it('with only a total is what it grew by', () => {
    const totals = [1000, 1700, 2000].map((total, n) =>
      count({ log: 'a', seconds: n * 60, total, last: null }),
    );
    assert.deepEqual(counted(...totals), ['a 1000', 'a 300', 'a 700']);
    const anew = count({ log: 'a', seconds: 600, total: 400, last: null });
    assert.deepEqual(counted(...totals, anew), ['a 1000', 'a 300', 'a 400', 'a 700']);
  });

  it('with only the last answer is that answer', () => {
    const lasts = [1000, 700].map((last, n) => count({ log: 'a', seconds: n * 60, total: null, last }));
    assert.deepEqual(counted(...lasts), ['a 1000', 'a 700']);
  });
});

/** A session with its answers, and the forks that were begun from it. */
interface Grown {
  own: { input: number; isRecorded: boolean }[];
  /** How many answers there were when the fork began. */
  forks: readonly { after: number; fork: Grown }[];
}

const { grown } = fc.letrec<{ grown: Grown }>((tie) => ({
  grown: fc.record({
    // Few values, so that totals are often equal.
    own: fc.array(fc.record({ input: fc.constantFrom(100, 200), isRecorded: fc.boolean() }), {
      minLength: 1,
      maxLength: 5,
    }),
    forks: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constant([]),
      fc.array(fc.record({ after: fc.integer({ min: 1, max: 5 }), fork: tie('grown') }), {
        minLength: 1,
        maxLength: 3,
      }),
    ),
  }),
}));

/** What Codex writes of a session and its forks: each fork begins with all that its parent had by then. */
function written(root: Grown): { sightings: Sighting[]; right: number } {
  const sightings: Sighting[] = [];
  let right = 0;
  let sessions = 0;
  let now = 0;
  const write = (session: Grown, before: { total: number; last: number }[], parent?: string) => {
    const log = sessions === 0 ? 'a' : `fork-${sessions}`;
    sessions += 1;
    now += 100;
    const begun = now;
    const counts = [...before];
    for (const { total, last } of before)
      sightings.push(count({ log, seconds: begun, total, last, begun, ...(parent ? { parent } : {}) }));
    for (const { input, isRecorded } of session.own) {
      now += 60;
      const total = (counts.at(-1)?.total ?? 0) + input;
      counts.push({ total, last: input });
      sightings.push(count({ log, seconds: now, total, last: input, begun, ...(parent ? { parent } : {}) }));
      if (isRecorded) sightings.push(record(`${log} ${total}`, now, input, log));
      right += input;
    }
    for (const { after, fork } of session.forks) write(fork, counts.slice(0, before.length + after), log);
  };
  write(root, []);
  return { sightings, right };
}

describe('the answers of a session and all its forks', () => {
  it('are each counted once, in whatever order the logs are read', () => {
    const order = fc.array(fc.nat(), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(grown, order, (root, keys) => {
        const { sightings, right } = written(root);
        const shuffled = sightings
          .map((each, index) => ({ each, key: (keys[index % keys.length] ?? 0) * (index + 7) }))
          .sort((a, b) => a.key - b.key)
          .map(({ each }) => each);
        const sum = (all: Sighting[]) => codexAnswers(all).reduce((total, { input }) => total + input, 0);
        assert.equal(sum(sightings), right);
        assert.deepEqual(codexAnswers(shuffled), codexAnswers(sightings));
      }),
    );
  });
});
