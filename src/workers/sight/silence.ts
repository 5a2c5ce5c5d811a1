import type { UsageSample } from '../../agents/contract/limits/sample.ts';
import { type UsedUp, usedUpFor } from '../../usage/capacity/used-up.ts';
import type { WorkerScreen } from './seen.ts';

/** How long an agent must have worked without any output before its limits are looked at. */
const SILENT_MS = 120_000;

/** How long the figures that a provider gave serve: it is asked no more often. */
const ASK_EVERY_MS = 5 * 60_000;

export type SilenceVerdict =
  | { kind: 'work'; lookInMs: number }
  /** The known figures are older than the silence: the provider has to be asked. */
  | { kind: 'ask' }
  | ({ kind: 'limit' } & UsedUp);

/**
 * Whether an agent that works without any output retries at a limit, as Copilot and Gemini do without a word. `usage` is
 * what is known of its account; `usageAgeMs` and `askedAgoMs` are null where it was never asked. Pure.
 */
export function judgeSilence(
  given: {
    silentMs: number;
    usage: UsageSample | null;
    usageAgeMs: number | null;
    askedAgoMs: number | null;
    model: string | null;
  },
  now: Date,
): SilenceVerdict {
  const { silentMs, usage, usageAgeMs, askedAgoMs, model } = given;
  if (silentMs < SILENT_MS) return { kind: 'work', lookInMs: SILENT_MS - silentMs };
  const usedUp = usage && usedUpFor(usage, model, now);
  if (usedUp) return { kind: 'limit', ...usedUp };
  const sinceAsked = Math.min(askedAgoMs ?? Number.POSITIVE_INFINITY, usageAgeMs ?? Number.POSITIVE_INFINITY);
  if (sinceAsked < Math.min(silentMs, ASK_EVERY_MS))
    return { kind: 'work', lookInMs: Math.max(1000, ASK_EVERY_MS - sinceAsked) };
  return { kind: 'ask' };
}

/** Since when a worker that works has put out nothing new. Spinners, counters and the time in them are no output. */
export class Silence {
  #output = '';
  #since: number | null = null;
  /** Whether the last screen had new output, of a worker that was silent before. */
  hasNews = false;

  /** For how long the worker has been silent, in milliseconds; 0 if it is not at work. */
  see({ classification, content, answer = content }: WorkerScreen, now: number): number {
    if (classification.label !== 'working') {
      this.#since = null;
      return 0;
    }
    const output = outputOf(answer, classification.evidence);
    this.hasNews = this.#since !== null && output !== this.#output;
    if (output !== this.#output || this.#since === null) this.#since = now;
    this.#output = output;
    return now - this.#since;
  }
}

const outputOf = (screen: string, evidence: readonly string[]): string =>
  screen
    .split('\n')
    .filter((row) => !evidence.some((sign) => sign !== '' && row.includes(sign)))
    .join('\n')
    .replace(/\b[\d.,:]+\s?(?:ms|s|secs?|m|mins?|h|hours?)\b/g, '')
    .replace(/[^\p{L}\n]+/gu, ' ');
