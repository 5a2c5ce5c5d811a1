import { usageWindow } from '../../agents/contract/limits/reading.ts';
import { nextReset, type UsageSample } from '../../agents/contract/limits/sample.ts';
import { scrub } from '../../agents/contract/limits/scrub.ts';
import { instantInZone } from '../../agents/contract/limits/zoned.ts';

export interface WorkerWarning {
  provider_id: string;
  /** The limit is reached, not only near. */
  reached: boolean;
  /** What stood on the screen about the reset: `4:10am (UTC)`, `Nov 26 at 3pm`, null where nothing did. */
  resets: string | null;
  /** The words that warned. */
  text: string;
  at: Date;
  /** The clocks that an agent without a zone of its own speaks of. */
  timeZone: string;
}

/** What an agent said of its limits while it worked: a sample of its own confidence, never taken for a percentage. */
export function warnedSample(warning: WorkerWarning): UsageSample {
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
