import { usageWindow } from '../../agents/contract/limits/reading.ts';
import { nextReset, type UsageSample } from '../../agents/contract/limits/sample.ts';
import { scrub } from '../../agents/contract/limits/scrub.ts';
import { instantInZone } from '../../agents/contract/limits/zoned.ts';

export interface WorkerWarning {
  provider_id: string;
  /** The limit is reached, not just near. */
  reached: boolean;
  /** What the screen showed about the reset: `4:10am (UTC)`, `Nov 26 at 3pm`; null if nothing. */
  resets: string | null;
  /** The words of the warning. */
  text: string;
  at: Date;
  /** The time zone of a reset that names none. */
  timeZone: string;
}

/** A warning that an agent showed while it worked, as a sample with its own confidence and without percentages. */
export function warningSample(warning: WorkerWarning): UsageSample {
  const at = warning.at.toISOString();
  const [, words, zone] = /^(.*?)\s*(?:\(([\w/+-]{1,40})\))?\.?$/.exec(warning.resets?.trim() ?? '') ?? [];
  const reset = words ? instantInZone(words, zone ?? warning.timeZone, warning.at) : null;
  const used = warning.reached ? 100 : null;
  const windows = [usageWindow({ kind: 'unknown', used, resets: reset, confidence: 'provider_warning' })];
  return {
    provider_id: warning.provider_id,
    status: warning.reached ? 'limit_reached' : 'near_limit',
    confidence: 'provider_warning',
    source: 'worker-screen',
    checked_at: at,
    observed_at: at,
    stale: false,
    plan: null,
    windows,
    credits_remaining: null,
    premium_requests_remaining: null,
    reset_at: nextReset(windows),
    tried: [],
    warnings: [scrub(warning.text)],
    raw: {},
  };
}
