import { providerIds } from '../config/provider-ids.ts';
import type { Detected } from '../providers/detect.ts';
import { detectAgents, detectedLately } from '../providers/kept-detection.ts';
import { lastDetected } from '../providers/last-detected.ts';
import { askUsage, JUST_NOW_MS, type UsagePlace, type UsageWish } from './ask.ts';
import type { Snapshots } from './capacity-schema.ts';
import { LATELY_MS, summaryOf, tooOld, type UsageSummary } from './known-summary.ts';
import type { Probed } from './probe.ts';
import { standingCapacity, standingSamples } from './standing.ts';

export interface SummaryWish extends Omit<UsageWish, 'fresh_ms'> {
  /** Ask the providers now, and not only when the policy says that what is known is too old. */
  refresh: boolean;
}

/** Who can be used now, who can not and why, and who comes back when. */
export async function usageSummary(place: UsagePlace, wish: SummaryWish): Promise<UsageSummary> {
  const [detected, asked] = await Promise.all([
    wish.refresh ? detectAgents(place) : detectedLately(place, LATELY_MS),
    wish.refresh ? askUsage(place, { ...wish, fresh_ms: JUST_NOW_MS }) : null,
  ]);
  const again = asked ?? (await askAgain(place, wish, detected));
  const standing = standingCapacity(place.ledger, {
    config: place.config,
    ids: idsOf(place, wish.providers),
    detected,
    now: new Date(),
    ...(again ? { samples: again.samples } : {}),
  });
  const source = asked ? 'refresh' : again ? 'auto_refresh' : 'ledger';
  return summaryOf(place, standing, { source, backend: wish.backend, partial: again?.partial ?? false });
}

/** Asks those whose answer is older than policy.usage_auto_refresh_after_seconds; null where nobody has to be asked. */
async function askAgain(
  place: UsagePlace,
  wish: SummaryWish,
  detected: readonly Detected[],
): Promise<Probed | null> {
  const seconds = place.config.policy.usage_auto_refresh_after_seconds;
  const ids = idsOf(place, wish.providers);
  const old = tooOld(place.ledger, { config: place.config, ids, detected, now: new Date() });
  if (seconds === null || old.length === 0) return null;
  return askUsage(place, { ...wish, providers: old, fresh_ms: seconds * 1000 });
}

const idsOf = ({ config }: Pick<UsagePlace, 'config'>, only: readonly string[] | null): string[] =>
  providerIds(config).filter((id) => only?.includes(id) ?? true);

/** The samples themselves: asked for now, or, `cached`, as the ledger has them. */
export async function usageSnapshots(
  place: UsagePlace,
  { cached, ...wish }: Omit<UsageWish, 'fresh_ms'> & { cached: boolean },
): Promise<Snapshots> {
  const { backend } = wish;
  if (!cached) {
    const { samples, partial } = await askUsage(place, { ...wish, fresh_ms: JUST_NOW_MS });
    return { backend, source: 'refresh', partial, snapshots: samples };
  }
  const ids = idsOf(place, wish.providers);
  const detected = lastDetected(place);
  const snapshots = standingSamples(place.ledger, { config: place.config, ids, detected, now: new Date() });
  return { backend, source: 'ledger', partial: false, snapshots };
}
