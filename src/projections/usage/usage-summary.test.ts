import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { aSample, aWindow } from '../../../fixtures/usage/samples.ts';
import type { UsageSample } from '../../events/catalogue/usage.ts';
import { freshFile } from '../../events/testing/stores.ts';
import { type Ledger, openLedger } from '../projector/ledger.ts';
import { FreshFold } from '../replay/table-check.ts';
import { figuresOf, knownUsage, knownUsageOf } from './queries.ts';
import { usageSummary } from './usage-summary.ts';

const RESET = '2026-11-26T00:00:00.000Z';

function given(...samples: UsageSample[]): Ledger {
  const ledger = openLedger(freshFile());
  after(() => ledger.close());
  for (const data of samples) {
    ledger.store.append(`usage/${data.provider_id}`, [{ type: 'usage.sampled', data }], { actor: 'cli' });
  }
  return ledger;
}

const at = (minute: number, facts: Partial<UsageSample> = {}) => {
  const time = new Date(Date.UTC(2026, 10, 23, 2, minute)).toISOString();
  return aSample('codex-cli', {
    checked_at: time,
    observed_at: time,
    windows: [aWindow('weekly', minute, RESET)],
    ...facts,
  });
};

describe('the recorded usage of a provider', () => {
  it('is the last sample, and the last successful one if that failed', () => {
    const failed = at(9, { status: 'unknown', windows: [] });
    const known = knownUsageOf(given(at(1), at(5), failed), 'codex-cli');
    assert.deepEqual(known?.latest, failed);
    assert.deepEqual(known?.good, at(5));
    assert.deepEqual(
      [known?.samples, known?.first_at, known?.last_at],
      [3, at(1).checked_at, at(9).checked_at],
    );
  });

  it('keeps warnings of an agent separate from samples of the provider', () => {
    const warning = at(7, { confidence: 'provider_warning', status: 'limit_reached' });
    const ledger = given(at(5), warning);
    const known = knownUsageOf(ledger, 'codex-cli');
    assert.deepEqual([known?.latest, known?.warned], [at(5), warning]);
    assert.equal(figuresOf(ledger, 'codex-cli', 'weekly').length, 1);
  });

  it('is empty before the first sample', () => {
    const ledger = given();
    assert.deepEqual([knownUsage(ledger), knownUsageOf(ledger, 'codex-cli')], [[], undefined]);
  });
});

describe('the recorded usage, with the clock set back between two samples,', () => {
  it('is what came later in the log', () => {
    const warning = at(50, { confidence: 'provider_warning', status: 'limit_reached' });
    const known = knownUsageOf(given(at(40), warning, at(5)), 'codex-cli');
    assert.deepEqual([known?.latest, known?.last_at], [at(5), at(5).checked_at]);
    assert.ok((known?.good_position ?? 0) > (known?.warned_position ?? 0));
    assert.deepEqual(
      figuresOf(given(at(40), at(5), at(6)), 'codex-cli', 'weekly').map(({ used_percent }) => used_percent),
      [40, 5, 6],
    );
  });

  it('does not take figures for new that were kept after a failed question', () => {
    const warning = at(7, { confidence: 'provider_warning', status: 'limit_reached' });
    const kept = at(5, { checked_at: at(30).checked_at, stale: true });
    const known = knownUsageOf(given(at(5), warning, kept), 'codex-cli');
    assert.deepEqual(known?.good, kept);
    assert.ok((known?.good_position ?? 0) < (known?.warned_position ?? 0));
  });
});

describe('the recorded usage after a change of account', () => {
  const warning = at(7, { confidence: 'provider_warning', status: 'limit_reached' });

  it('has no figures and no warning of the earlier one', () => {
    const failed = at(9, { account: 'b', status: 'unknown', windows: [] });
    const known = knownUsageOf(given(at(5, { account: 'a' }), warning, failed), 'codex-cli');
    assert.deepEqual([known?.account, known?.good, known?.warned, known?.latest], ['b', null, null, failed]);
    const answered = knownUsageOf(
      given(at(5, { account: 'a' }), warning, at(9, { account: 'b' })),
      'codex-cli',
    );
    assert.deepEqual([answered?.good?.account, answered?.warned], ['b', null]);
  });

  it('is kept where a sample does not say whose it is', () => {
    const failed = at(9, { status: 'unknown', windows: [] });
    const known = knownUsageOf(given(at(5, { account: 'a' }), warning, failed), 'codex-cli');
    assert.deepEqual([known?.account, known?.good?.account, known?.warned], ['a', 'a', warning]);
  });

  it('gives the pace of one account', () => {
    const ledger = given(at(1, { account: 'a' }), at(2, { account: 'b' }), at(3, { account: 'a' }), at(4));
    const used = (account: string | null) =>
      figuresOf(ledger, 'codex-cli', 'weekly', { account }).map(({ used_percent }) => used_percent);
    assert.deepEqual(
      [used('a'), used('b'), used(null)],
      [
        [1, 3, 4],
        [2, 4],
        [1, 2, 3, 4],
      ],
    );
  });
});

describe('the figures of a window', () => {
  it('are listed oldest first, and only the newest if there are too many', () => {
    const ledger = given(...[1, 2, 3, 4].map((minute) => at(minute)));
    assert.deepEqual(
      figuresOf(ledger, 'codex-cli', 'weekly', { limit: 2 }).map(({ used_percent }) => used_percent),
      [3, 4],
    );
  });

  it('are listed since a moment, with the one before it', () => {
    const ledger = given(...[1, 2, 3, 4].map((minute) => at(minute)));
    const since = at(3).observed_at;
    assert.deepEqual(
      figuresOf(ledger, 'codex-cli', 'weekly', { since }).map(({ used_percent }) => used_percent),
      [2, 3, 4],
    );
  });

  it('are stored once if a repeated sample has the same time', () => {
    const kept = at(3, { checked_at: at(30).checked_at, stale: true });
    assert.equal(figuresOf(given(at(3), kept), 'codex-cli', 'weekly').length, 1);
  });
});

describe('the read model of limits', () => {
  it('equals a fresh fold of the log, and a rebuild', () => {
    const sample = fc
      .tuple(
        fc.integer({ min: 0, max: 59 }),
        fc.constantFrom('available' as const, 'unknown' as const, 'limit_reached' as const),
        fc.constantFrom('official' as const, 'provider_warning' as const),
        fc.constantFrom('codex-cli', 'claude-code'),
        fc.constantFrom('a', 'b', null, undefined),
      )
      .map(([minute, status, confidence, provider_id, account]) =>
        at(minute, { status, confidence, provider_id, ...(account === undefined ? {} : { account }) }),
      );
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 20 }), (samples) => {
        const ledger = given(...samples);
        const fold = new FreshFold([usageSummary]);
        for (const event of ledger.store.read()) fold.apply(event);
        assert.equal(fold.firstDifference(ledger.store.connection), null);
        ledger.projector.rebuild([usageSummary]);
        assert.equal(fold.firstDifference(ledger.store.connection), null);
        fold.close();
      }),
      { numRuns: 20 },
    );
  });
});
