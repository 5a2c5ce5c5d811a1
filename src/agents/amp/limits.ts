import { stripVTControlCharacters } from 'node:util';
import { run } from '../contract/limits/converse.ts';
import {
  answer,
  failure,
  NO_LIMITS,
  type UsageReading,
  type UsageSource,
  usageWindow,
} from '../contract/limits/reading.ts';
import type { UsageWindow } from '../contract/limits/sample.ts';
import { quoted, scrub } from '../contract/limits/scrub.ts';
import { shareUsed } from '../contract/limits/shares.ts';

/**
 * `amp usage`, run with 0.0.1790142911 against a server on this machine (AMP_URL): it prints the words that the service
 * sends, and signed out it says so and starts no login.
 */
export const ampUsage: UsageSource = {
  id: 'amp-usage',
  provider: 'amp',
  reach: 'network',
  reads: "Amp's own login, or AMP_API_KEY",
  hosts: ['ampcode.com'],
  confidence: 'local_cli',
  deadline_ms: 15_000,
  async read(context) {
    if (context.agent === null) return failure('not_found', 'amp is not installed');
    const ran = await run(context, { program: context.agent, args: ['--no-color', 'usage'] });
    if (ran.timed_out) return failure('timed_out', 'no answer before the deadline');
    if (ran.error !== null) return failure('failed', `could not be started${quoted(ran.error)}`);
    return parseAmpUsage(`${ran.stdout}\n${ran.stderr}`, context.now());
  },
};

const AMOUNT = String.raw`\$?([\d,]+(?:\.\d+)?)`;
const FREE = new RegExp(`^Amp Free: *${AMOUNT} */ *${AMOUNT} +remaining(?:.*?\\+${AMOUNT} */ *hour)?`, 'im');
const FREE_SHARE = /^Amp Free: *([\d.]+) *% +remaining/im;
const TIER = new RegExp(`^Amp +(.+?) +Tier: *agent usage +${AMOUNT} of ${AMOUNT} remaining\\b(.*)$`, 'im');
const SUBSCRIPTION =
  /^(?:Subscription +(.+?)|Amp +(.+?) +Subscription): *([\d.]+) *% +other +usage +and +([\d.]+) *% +orb +usage +remaining(.*)$/im;
const CREDITS = new RegExp(`^(?:Individual credits|Workspace .+?): *${AMOUNT} +remaining`, 'gim');

/**
 * Lines such as `Amp Free: $4.71/$10 remaining (replenishes +$0.42/hour)`, `Amp Free: 61% remaining today (resets
 * daily)`, `Individual credits: $9.86 remaining`, `Workspace team: $5.33 remaining`, and those of a paid plan as
 * AmpUsageParser.swift of CodexBar reads them. The first line names the account: nothing of it is kept.
 */
export function parseAmpUsage(printed: string, now: Date): UsageReading {
  const words = stripVTControlCharacters(printed)
    .replaceAll('**', '')
    .replace(/^[ \t]+/gm, '');
  const windows = [...free(words), ...tier(words, now), ...subscription(words, now)];
  const credits = [...words.matchAll(CREDITS)].map(([, amount]) => amountOf(amount) ?? 0);
  if (windows.length === 0 && credits.length === 0) return nothing(words);
  return answer({
    windows,
    plan:
      TIER.exec(words)?.[1] ?? nameIn(SUBSCRIPTION.exec(words)) ?? (free(words).length > 0 ? 'Free' : null),
    credits_remaining: credits.length === 0 ? null : Math.round(100 * credits.reduce((a, b) => a + b)) / 100,
    warnings: windows.length === 0 ? [NO_LIMITS] : [],
  });
}

function free(words: string): UsageWindow[] {
  const share = FREE_SHARE.exec(words)?.[1];
  const daily = { kind: 'daily', confidence: 'local_cli' } as const;
  if (share !== undefined) return [usageWindow({ ...daily, remaining: amountOf(share) })];
  const [, left, most] = FREE.exec(words) ?? [];
  const [remaining, limit] = [amountOf(left), amountOf(most)];
  const used = remaining === null || limit === null ? null : shareUsed(limit - remaining, limit);
  if (used === null) return [];
  // What was spent comes back bit by bit: there is no moment of a reset.
  return [usageWindow({ ...daily, used, remaining_units: remaining, unit: 'usd' })];
}

function tier(words: string, now: Date): UsageWindow[] {
  const [, , left, most, rest = ''] = TIER.exec(words) ?? [];
  const [remaining, limit] = [amountOf(left), amountOf(most)];
  const used = remaining === null || limit === null ? null : shareUsed(limit - remaining, limit);
  if (used === null) return [];
  const monthly = { kind: 'monthly', resets: renewal(rest, now), confidence: 'local_cli' } as const;
  const [, hours, all] = /orb +usage +([\d.,]+)h +of +([\d.,]+)h/i.exec(rest) ?? [];
  const [orb, orbs] = [amountOf(hours), amountOf(all)];
  const spent = orb === null || orbs === null ? null : shareUsed(orbs - orb, orbs);
  return [
    usageWindow({ ...monthly, used, remaining_units: remaining, unit: 'usd' }),
    ...(spent === null ? [] : [usageWindow({ ...monthly, scope: 'orbs', used: spent })]),
  ];
}

function subscription(words: string, now: Date): UsageWindow[] {
  const [, , , other, orb, rest = ''] = SUBSCRIPTION.exec(words) ?? [];
  if (other === undefined) return [];
  const monthly = { kind: 'monthly', resets: renewal(rest, now), confidence: 'local_cli' } as const;
  return [
    usageWindow({ ...monthly, remaining: amountOf(other) }),
    usageWindow({ ...monthly, scope: 'orbs', remaining: amountOf(orb) }),
  ];
}

const nameIn = (found: RegExpExecArray | null): string | null => found?.[1] ?? found?.[2] ?? null;

/** The end of the period that it names, or the day that it counts to. */
function renewal(words: string, now: Date): string | null {
  const end = /\bperiod +\d{4}-\d\d-\d\d +to +(\d{4}-\d\d-\d\d)\b/i.exec(words)?.[1];
  if (end !== undefined) return `${end}T00:00:00Z`;
  const [, count, unit] = /renewal in +(\d+) +(day|month)/i.exec(words) ?? [];
  if (count === undefined) return null;
  const at = new Date(now);
  if (unit?.toLowerCase() === 'month') at.setUTCMonth(at.getUTCMonth() + Number(count));
  else at.setUTCDate(at.getUTCDate() + Number(count));
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}

function amountOf(word: string | undefined): number | null {
  const value = word === undefined ? Number.NaN : Number(word.replaceAll(',', ''));
  return Number.isFinite(value) ? value : null;
}

function nothing(words: string): UsageReading {
  if (/not logged in|amp login|no api key|auth-required/i.test(words))
    return failure('signed_out', 'not logged in: amp login');
  const message = /^Error: (.+)$/m.exec(words)?.[1];
  if (message === undefined) return failure('unreadable', 'amp printed no balance');
  return failure(/\b429\b|rate.?limit/i.test(message) ? 'rate_limited' : 'failed', scrub(message));
}
