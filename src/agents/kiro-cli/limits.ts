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
import { shareUsed } from '../contract/limits/shares.ts';

/**
 * `/usage` of Kiro without a terminal, as KiroStatusProbe.swift of CodexBar runs it. Not tried here: the program is not
 * on npm. Signed out, `chat` would start a login, so that `whoami` is asked before.
 */
export const kiroUsage: UsageSource = {
  id: 'kiro-usage',
  provider: 'kiro-cli',
  reach: 'network',
  reads: "Kiro's own login, through `kiro-cli chat --no-interactive /usage`",
  hosts: ['amazonaws.com'],
  confidence: 'observed',
  deadline_ms: 25_000,
  async read(context) {
    if (context.agent === null) return failure('not_found', 'kiro-cli is not installed');
    const program = context.agent;
    const who = await run(context, { program, args: ['whoami'] });
    if (who.timed_out) return failure('timed_out', 'no answer before the deadline');
    if (who.code !== 0 || SIGNED_OUT.test(`${who.stdout}${who.stderr}`))
      return failure('signed_out', 'not logged in: kiro-cli login');
    const args = ['chat', '--no-interactive', '/usage'];
    const ran = await run(context, { program, args, env: { TERM: 'xterm-256color' } });
    if (ran.timed_out) return failure('timed_out', 'no answer before the deadline');
    return parseKiroUsage(`${ran.stdout}\n${ran.stderr}`, context.now());
  },
};

const SIGNED_OUT =
  /not logged in|login required|failed to initialize auth portal|kiro-cli login|oauth error/i;
const PLAN = [
  /Estimated Usage *\|[^|\n]*\| *([A-Z][A-Z0-9 +]*)/,
  /\| *(KIRO +[A-Z+ ]+?) *\|/,
  /^ *Plan: *(.+)$/m,
];

/**
 * `Estimated Usage | resets on 2026-10-01 | KIRO PRO`, `Credits (212.99 of 5000 covered in plan)`, a bar with a whole
 * percentage, `Bonus credits: 45.53/2000 credits used, expires in 19 days`, `Overages: Disabled`; before 2.0 `| KIRO
 * FREE |` and `resets on 01/15`. A plan that an administrator manages may show no figures.
 */
export function parseKiroUsage(printed: string, now: Date): UsageReading {
  const words = stripVTControlCharacters(printed);
  const plan = PLAN.map((pattern) => pattern.exec(words)?.[1]?.trim()).find(Boolean) ?? null;
  const windows = [...credits(words, now), ...bonus(words, now)];
  if (windows.length > 0)
    return answer({ windows, plan, overage: /Overages: *Enabled/i.test(words), warnings: [] });
  if (SIGNED_OUT.test(words)) return failure('signed_out', 'not logged in: kiro-cli login');
  if (plan !== null && /managed by (?:admin|organization)/i.test(words))
    return answer({ plan, warnings: [NO_LIMITS] });
  if (/could not retrieve usage/i.test(words)) return failure('failed', 'kiro could not retrieve its usage');
  return failure('unreadable', 'kiro printed no usage');
}

function credits(words: string, now: Date): UsageWindow[] {
  const [, spent, most] = /\(([\d.,]+) +of +([\d.,]+) +covered/i.exec(words) ?? [];
  const [used, limit] = [amountOf(spent), amountOf(most)];
  const shown = amountOf(/█[█░▒\s]*?(\d+) *%/.exec(words)?.[1]);
  const share = shareUsed(used, limit) ?? shown;
  if (share === null) return [];
  const figures = { used: share, used_units: used, unit: 'credits' };
  return [usageWindow({ ...figures, kind: 'monthly', resets: resetIn(words, now), confidence: 'observed' })];
}

function bonus(words: string, now: Date): UsageWindow[] {
  const [, spent, most] = /Bonus credits: *([\d.,]+) *\/ *([\d.,]+)/i.exec(words) ?? [];
  const used = shareUsed(amountOf(spent), amountOf(most));
  if (used === null) return [];
  const days = amountOf(/expires in (\d+) days?/i.exec(words)?.[1]);
  const resets = days === null ? null : new Date(now.getTime() + days * 86_400_000).toISOString();
  return [
    usageWindow({ kind: 'credits', scope: 'bonus', used, resets, unit: 'credits', confidence: 'observed' }),
  ];
}

/** A day without a time and a zone: its start in UTC, in which AWS bills. */
function resetIn(words: string, now: Date): string | null {
  const whole = /resets on (\d{4}-\d\d-\d\d)\b/.exec(words)?.[1];
  if (whole !== undefined) return `${whole}T00:00:00Z`;
  const [, month, day] = /resets on (\d\d)\/(\d\d)\b/.exec(words) ?? [];
  if (month === undefined) return null;
  const year = now.getUTCFullYear();
  const at = [year, year + 1].map((each) => `${each}-${month}-${day}T00:00:00Z`);
  return at.find((each) => Date.parse(each) > now.getTime()) ?? null;
}

function amountOf(word: string | undefined): number | null {
  const value = word === undefined ? Number.NaN : Number(word.replaceAll(',', ''));
  return Number.isFinite(value) ? value : null;
}
