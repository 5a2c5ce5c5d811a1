import { type Preferences, readPreferences } from '../config/preferences.ts';
import { providerIds } from '../providers/descriptors.ts';
import type { Detected } from '../providers/detect.ts';
import { detectAgents, detectedLately, lastDetected } from '../providers/kept-detection.ts';
import { askUsage, JUST_NOW_MS, type UsagePlace, type UsageWish } from './ask.ts';
import type { Capacity } from './capacity.ts';
import type { Probed } from './probe.ts';
import type { UsageSample } from './sample.ts';
import { standingCapacity, standingSamples } from './standing.ts';

export interface SummaryWish extends Omit<UsageWish, 'fresh_ms'> {
  /** Ask the providers now, and not only when the policy says that what is known is too old. */
  refresh: boolean;
}

export interface UsageSummary extends Capacity {
  backend: string;
  /** `ledger`: nobody was asked. `refresh`: all were. `auto_refresh`: those whose answer was too old for the policy. */
  source: 'ledger' | 'refresh' | 'auto_refresh';
  /** A provider did not answer before the deadline: what is told of it is older. */
  partial: boolean;
  preferences: Preferences;
}

/** How long what was found of installed agents and their sign-ins is told again without a look. */
export const LATELY_MS = 5 * 60_000;

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

/** The summary in the order in which every door tells it. */
export const summaryOf = (
  { paths }: Pick<UsagePlace, 'paths'>,
  standing: Capacity,
  about: Pick<UsageSummary, 'backend' | 'source' | 'partial'>,
): UsageSummary => ({ ...about, ...standing, preferences: readPreferences(paths.preferences) });

/** Asks those whose answer is older than policy.usage_auto_refresh_after_seconds; null where nobody has to be asked. */
async function askAgain(
  place: UsagePlace,
  wish: SummaryWish,
  detected: readonly Detected[],
): Promise<Probed | null> {
  const now = new Date();
  const ids = idsOf(place, wish.providers);
  const samples = standingSamples(place.ledger, { config: place.config, ids, detected, now });
  const seconds = place.config.policy.usage_auto_refresh_after_seconds;
  const old = tooOld(samples, detected, seconds, now);
  if (seconds === null || old.length === 0) return null;
  return askUsage(place, { ...wish, providers: old, fresh_ms: seconds * 1000 });
}

/** The installed providers whose answer is older than so many seconds. */
export function tooOld(
  samples: readonly UsageSample[],
  detected: readonly Pick<Detected, 'id' | 'installed'>[],
  seconds: number | null,
  now: Date,
): string[] {
  if (seconds === null) return [];
  const isOld = ({ source, checked_at }: UsageSample): boolean =>
    source !== 'fake' && (source === null || now.getTime() - Date.parse(checked_at) > seconds * 1000);
  return samples
    .filter((sample) => isOld(sample))
    .map(({ provider_id }) => provider_id)
    .filter((provider) => detected.some(({ id, installed }) => id === provider && installed));
}

const idsOf = ({ config }: Pick<UsagePlace, 'config'>, only: readonly string[] | null): string[] =>
  providerIds(config).filter((id) => only?.includes(id) ?? true);

export interface Snapshots {
  backend: string;
  source: 'ledger' | 'refresh';
  partial: boolean;
  snapshots: UsageSample[];
}

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
