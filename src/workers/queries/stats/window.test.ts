import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AgentPoolError } from '../../../lib/errors.ts';
import { type WindowRequest, windowOf } from './window.ts';

const now = new Date(2026, 2, 10, 14, 30);
const first = new Date(2026, 0, 2).getTime();
const of = (request: WindowRequest) => windowOf(request, now, first);
const span = (request: WindowRequest) => {
  const { start, end } = of(request);
  return [new Date(start), new Date(end)];
};
const day = (month: number, date: number) => new Date(2026, month - 1, date);

describe('a window of time', () => {
  it('reaches back from now by hours, days or weeks; by a week if nothing is given', () => {
    assert.equal(now.getTime() - of({ since: '12h' }).start, 12 * 3_600_000);
    assert.equal(now.getTime() - of({ since: '30m' }).start, 30 * 60_000);
    assert.equal(now.getTime() - of({ since: '30d' }).start, 30 * 86_400_000);
    assert.equal(of({ since: '1w' }).start, of({ since: '7d' }).start);
    assert.deepEqual(of({}), of({ since: '7d' }));
    assert.deepEqual([of({}).label, of({ since: '1h' }).label], ['last 7 days', 'last hour']);
  });

  it('begins with the first worker for `all`, and now if there is none', () => {
    assert.deepEqual(span({ since: 'all' }), [new Date(first), now]);
    assert.equal(windowOf({ since: 'all' }, now, null).start, now.getTime());
  });

  it('takes a day as the whole day in the reader’s time zone', () => {
    assert.deepEqual(span({ since: '2026-03-04' }), [day(3, 4), now]);
    assert.deepEqual(span({ since: '2026-03-04/2026-03-06' }), [day(3, 4), day(3, 7)]);
    assert.deepEqual(span({ from: '2026-03-04', to: '2026-03-04' }), [day(3, 4), day(3, 5)]);
    assert.deepEqual(span({ to: '2026-03-04' }), [new Date(first), day(3, 5)]);
    assert.deepEqual(span({ from: '2026-03-04' }), [day(3, 4), now]);
  });

  it('takes a moment exactly', () => {
    const { start, end } = of({ from: '2026-03-04T10:00Z', to: '2026-03-04T13:00:00+02:00' });
    assert.deepEqual(
      [start, end].map((ms) => new Date(ms).toISOString()),
      ['2026-03-04T10:00:00.000Z', '2026-03-04T11:00:00.000Z'],
    );
  });

  for (const spec of [
    'bogus',
    '',
    '0d',
    '7',
    '-7d',
    '7D',
    '7 d',
    '2026-02-31',
    '2026-13-01',
    '2026-3-4',
    'a/b',
    '2026-03-01/2026-03-02/2026-03-03',
    '2026-03-05/2026-03-04',
    '2026-03-11',
    '9999999d',
  ]) {
    it(`refuses ${JSON.stringify(spec)}, naming it and what works`, () => {
      assert.throws(
        () => of({ since: spec }),
        (error) =>
          error instanceof AgentPoolError &&
          error.code === 'INVALID_WINDOW' &&
          error.details.spec === spec &&
          error.details.example === 'agentpool stats --since 7d',
      );
    });
  }

  it('refuses a duration and a pair of days at once', () => {
    assert.throws(() => of({ since: '7d', from: '2026-03-01' }), { code: 'INVALID_WINDOW' });
  });
});
