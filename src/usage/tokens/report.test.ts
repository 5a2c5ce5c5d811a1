import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
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
