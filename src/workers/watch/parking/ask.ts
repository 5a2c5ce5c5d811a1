import type { UsageSample } from '../../../agents/contract/limits/sample.ts';
import { lastDetected } from '../../../agents/last-detected.ts';
import { keyOfWorker } from '../../../config/accounts.ts';
import { isAgent, isFake } from '../../../config/provider-ids.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import { knownUsageOf } from '../../../projections/usage/queries.ts';
import { isGood } from '../../../projections/usage/usage-summary.ts';
import { askUsage, JUST_NOW_MS } from '../../../usage/asking/ask.ts';
import { currentSamples } from '../../../usage/capacity/current.ts';
import type { AppContext } from '../../core/context.ts';

/** The limits of the account of one worker. */
export interface AccountLimits {
  /** What is known of them; asks no provider. Null for a fake, whose limits are no account's. */
  known(): UsageSample | null;
  /** How long ago its provider has answered, in milliseconds; null if it never has. */
  ageMs(): number | null;
  /** Asks its provider; null if it cannot be asked, or gives no figures. */
  ask(): Promise<UsageSample | null>;
}

export const limitsOfWorker = (app: AppContext, session: SessionRow): AccountLimits => ({
  known: () => knownSample(app, session),
  ageMs: () => sampleAgeMs(app, session),
  ask: () => askedSample(app, session),
});

function knownSample(app: AppContext, session: SessionRow): UsageSample | null {
  if (isFake(session.provider_id)) return null;
  const { ledger, config } = app;
  const ids = [keyOfWorker(session)];
  return (
    currentSamples(ledger, { config, ids, detected: lastDetected(app), now: app.given().now })[0] ?? null
  );
}

function sampleAgeMs(app: AppContext, session: SessionRow): number | null {
  const good = knownUsageOf(app.ledger, keyOfWorker(session))?.good;
  return good ? Math.max(0, app.given().now.getTime() - Date.parse(good.checked_at)) : null;
}

async function askedSample(app: AppContext, session: SessionRow): Promise<UsageSample | null> {
  const { provider_id } = session;
  const isAskable =
    isAgent(provider_id) ||
    app.config.custom_providers.some(
      ({ id, usage_command, usage_codexbar }) => id === provider_id && (usage_command ?? usage_codexbar),
    );
  if (!isAskable) return null;
  const { samples } = await askUsage(app, {
    providers: [keyOfWorker(session)],
    backend: 'native',
    interactive: false,
    fresh_ms: JUST_NOW_MS,
  });
  const sample = samples[0];
  return sample && isGood(sample) && !sample.stale ? sample : null;
}
