import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { aSample, aWindow } from '../../../fixtures/usage/samples.ts';
import type { UsageSample } from '../../agents/contract/limits/sample.ts';
import { freshFile } from '../../events/testing/stores.ts';
import { openLedger } from '../../projections/projector/ledger.ts';
import { recordSample } from './record.ts';

const at = (time: string, used: number, facts: Partial<UsageSample> = {}) =>
  aSample('codex-cli', {
    checked_at: `2026-11-23T${time}.000Z`,
    observed_at: `2026-11-23T${time}.000Z`,
    windows: [aWindow('weekly', used, '2026-11-26T00:00:00.000Z')],
    ...facts,
  });

describe('a sample', () => {
  it('is appended if it says something new, and otherwise every five minutes at most', () => {
    const ledger = openLedger(freshFile());
    after(() => ledger.close());
    const appended = [
      at('02:00:00', 10),
      at('02:01:00', 10),
      at('02:02:00', 11),
      at('02:06:59', 11),
      at('02:07:00', 11),
    ].map((sample) => recordSample(ledger, sample, { actor: 'cli' }));
    assert.deepEqual(appended, [true, false, true, false, true]);
    assert.equal(ledger.store.lastPosition(), 3);
  });

  it("from an agent's warning is compared with its last warning, not with the figures", () => {
    const ledger = openLedger(freshFile());
    after(() => ledger.close());
    const warning = { status: 'near_limit', confidence: 'provider_warning' } as const;
    const appended = [
      at('02:00:00', 10, warning),
      at('02:01:00', 10),
      at('02:02:00', 10, warning),
      at('02:03:00', 10),
    ].map((sample) => recordSample(ledger, sample, { actor: 'watcher', correlationId: 'ap_1' }));
    assert.deepEqual(appended, [true, true, false, false]);
  });
});
