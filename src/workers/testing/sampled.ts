import { aSample, aWindow } from '../../../fixtures/usage/samples.ts';
import { openLedger } from '../../projections/projector/ledger.ts';
import type { Home } from './home.ts';

export const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString();

/**
 * Records what a provider says of its weekly limit now. A test on a slow machine sets a far reset first, sees what it
 * wants to see of the limit, and then lets it reset soon.
 */
export function sampled(home: Home, provider: string, usedPercent: number, reset: string): void {
  const now = new Date().toISOString();
  const sample = aSample(provider, {
    observed_at: now,
    checked_at: now,
    status: usedPercent >= 100 ? 'limit_reached' : 'available',
    windows: [aWindow('weekly', usedPercent, reset)],
  });
  const ledger = openLedger(home.ledgerFile);
  try {
    ledger.store.append(`usage/${provider}`, [{ type: 'usage.sampled', data: sample }], { actor: 'test' });
  } finally {
    ledger.close();
  }
}
