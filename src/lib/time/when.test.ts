import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { whenIn } from './when.ts';

const now = new Date(2026, 2, 4, 12, 30, 0);

describe('a point in time as a person writes it', () => {
  const later = (text: string) => (whenIn(text, now)?.getTime() ?? Number.NaN) - now.getTime();

  it('is a span from now', () => {
    assert.deepEqual(
      ['+90s', '+2h', '+1h30m', '+2d'].map(later),
      [90_000, 7_200_000, 5_400_000, 172_800_000],
    );
  });

  it('is the next time of day', () => {
    assert.deepEqual([later('12:31'), later('12:30'), later('9:00')], [60_000, 86_400_000, 73_800_000]);
  });

  it('is an ISO time, local without a zone', () => {
    assert.equal(later('2026-03-04T12:31'), 60_000);
    assert.equal(later('2026-03-04 12:31'), 60_000);
    assert.equal(later('2026-03-05'), 41_400_000);
    assert.equal(whenIn('2026-03-04T12:31:00Z', now)?.toISOString(), '2026-03-04T12:31:00.000Z');
  });

  it('is nothing else', () => {
    for (const text of [
      '',
      'soon',
      '2h',
      '+',
      '+2w',
      '25:00',
      '12:60',
      '2026-13-01',
      '2026-02-30',
      '2026-02-29T10:00Z',
      '+999999999d',
      '7',
    ])
      assert.equal(whenIn(text, now), null, text);
  });
});
