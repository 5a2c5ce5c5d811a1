import { detectAgents, detectedLately } from '../../agents/cached-detection.ts';
import type { UsageSample } from '../../agents/contract/limits/sample.ts';
import type { Detected } from '../../agents/contract/locate.ts';
import { lastDetected } from '../../agents/last-detected.ts';
import { accountKeys } from '../../config/accounts.ts';
import { askUsage, JUST_NOW_MS, type UsageOptions, type UsagePlace } from '../asking/ask.ts';
import type { Probed } from '../asking/probe.ts';
import { currentCapacity, currentSamples } from './current.ts';
import type { UsageElsewhere } from './elsewhere.ts';
import { DETECTION_REUSE_MS, summaryOf, tooOld, type UsageSummary } from './known-summary.ts';
import type { Capacity, Snapshots } from './schema.ts';

export interface SummaryOptions extends Omit<UsageOptions, 'fresh_ms' | 'onAnswer'> {
  /** Ask the providers now, even if the recorded answers are fresh enough for the policy. */
  refresh: boolean;
  /** Whether the counts include our own fakes. */
  includeFakes?: boolean;
  /** What the other machines of the fleet know. */
  elsewhere(now: Date): readonly UsageElsewhere[];
  /** Called with what is known so far, while providers are asked. */
  onProgress?: (answered: Capacity, waiting: readonly string[]) => void;
}

/** Which providers are usable now, which are not and why, and when they come back. */
export async function usageSummary(place: UsagePlace, request: SummaryOptions): Promise<UsageSummary> {
  // Detection runs first: in parallel, both would start the agents for their version.
  const detected = await (request.refresh ? detectAgents(place) : detectedLately(place, DETECTION_REUSE_MS));
  const { onProgress } = request;
  const onAnswer = (samples: readonly UsageSample[], waiting: readonly string[]) => {
    const ids = samples.map(({ provider_id }) => provider_id);
    const now = new Date();
    const given = { config: place.config, ids, detected, now, samples, elsewhere: request.elsewhere(now) };
    onProgress?.(currentCapacity(place.ledger, given), waiting);
  };
  const requested = request.refresh
    ? await askUsage(
        place,
        { ...request, fresh_ms: JUST_NOW_MS, ...(onProgress ? { onAnswer } : {}) },
        detected,
      )
    : null;
  const again = requested ?? (await askAgain(place, request, detected));
  const now = new Date();
  const current = currentCapacity(place.ledger, {
    config: place.config,
    ids: idsOf(place, request.providers),
    detected,
    now,
    elsewhere: request.elsewhere(now),
    includeFakes: request.includeFakes ?? false,
    ...(again ? { samples: again.samples } : {}),
  });
  const source = requested ? 'refresh' : again ? 'auto_refresh' : 'ledger';
  return summaryOf(place, current, { source, backend: request.backend, partial: again?.partial ?? false });
}

/** Asks the providers whose answer is older than policy.usage_auto_refresh_after_seconds; null if there are none. */
async function askAgain(
  place: UsagePlace,
  request: SummaryOptions,
  detected: readonly Detected[],
): Promise<Probed | null> {
  const seconds = place.config.policy.usage_auto_refresh_after_seconds;
  const ids = idsOf(place, request.providers);
  const old = tooOld(place.ledger, { config: place.config, ids, detected, now: new Date() });
  if (seconds === null || old.length === 0) return null;
  return askUsage(place, { ...request, providers: old, fresh_ms: seconds * 1000 }, detected);
}

const idsOf = ({ config }: Pick<UsagePlace, 'config'>, only: readonly string[] | null): string[] =>
  accountKeys(config).filter((id) => only?.includes(id) ?? true);

/** The samples themselves: asked for now, or, with `cached`, from the ledger. */
export async function usageSnapshots(
  place: UsagePlace,
  { cached, ...request }: Omit<UsageOptions, 'fresh_ms'> & { cached: boolean },
): Promise<Snapshots> {
  const { backend } = request;
  if (!cached) {
    const { samples, partial } = await askUsage(place, { ...request, fresh_ms: JUST_NOW_MS });
    return { backend, source: 'refresh', partial, snapshots: samples };
  }
  const ids = idsOf(place, request.providers);
  const detected = lastDetected(place);
  const snapshots = currentSamples(place.ledger, { config: place.config, ids, detected, now: new Date() });
  return { backend, source: 'ledger', partial: false, snapshots };
}
