import type { UsageSample } from '../../agents/contract/limits/sample.ts';
import { FAKE_IDS } from '../../config/provider-ids.ts';
import { shell } from '../../lib/text/shell.ts';

/** A sample without figures. */
export function unknownSample(provider_id: string, now: Date): UsageSample {
  const at = now.toISOString();
  return {
    provider_id,
    status: 'unknown',
    confidence: 'unknown',
    source: null,
    checked_at: at,
    observed_at: at,
    stale: false,
    plan: null,
    windows: [],
    credits_remaining: null,
    premium_requests_remaining: null,
    reset_at: null,
    tried: [],
    warnings: [],
    raw: {},
  };
}

/** The sample of a provider that was never asked about its limits. */
export const unaskedSample = (provider_id: string, now: Date): UsageSample => ({
  ...unknownSample(provider_id, now),
  warnings: [`not asked yet: ${shell`agentpool usage --provider ${provider_id}`}`],
});

/** The sample of a fake agent, which has no account and is always installed; null for every other provider. */
export const fakeSample = (provider_id: string, now: Date): UsageSample | null =>
  (FAKE_IDS as readonly string[]).includes(provider_id)
    ? { ...unknownSample(provider_id, now), status: 'available', confidence: 'local_config', source: 'fake' }
    : null;

export const notInstalledSample = (provider_id: string, now: Date): UsageSample => ({
  ...unknownSample(provider_id, now),
  status: 'unavailable',
  confidence: 'local_cli',
  source: 'path',
  warnings: ['the agent is not installed'],
});
