import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
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
