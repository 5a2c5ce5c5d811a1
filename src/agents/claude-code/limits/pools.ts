import { usageWindow } from '../../contract/limits/reading.ts';
import type { Confidence, UsageWindow } from '../../contract/limits/sample.ts';
import { label } from '../../contract/limits/scrub.ts';
import { type Json, list, number, percent, record, shareOf, text } from '../../contract/limits/values.ts';
import { FIELDS, isPlaceholder } from './windows.ts';

/** Fields that other readers take, or that hold no limit. */
const TAKEN = new Set([...Object.keys(FIELDS), 'limits', 'model_scoped', 'extra_usage', 'spend']);

/** What Claude's own /usage view calls a pool (2.1.332). */
const NAMES: Record<string, string> = { cinder_cove: 'Claude Code and Cowork credit' };

/**
 * Credits that are given once, and every other limit whose meaning is not known to us: Anthropic gives new ones names
 * such as `wattle_ember`. Each is shown under its own name, and none is taken for a limit of the plan.
 */
export function poolsOf(
  limits: Json,
  confidence: Confidence,
): { windows: UsageWindow[]; warnings: string[] } {
  const found = Object.entries(limits).flatMap(([field, value]) => {
    if (TAKEN.has(field) || field.startsWith('seven_day_')) return [];
    const entries = (Array.isArray(value) ? list(value) : [value]).map(record);
    return entries.flatMap((pool) => {
      const window = pool && poolWindow(field, pool, confidence);
      return window ? [{ window, locked: text(pool.locked_reason) }] : [];
    });
  });
  return {
    windows: found.map(({ window }) => window),
    warnings: found.flatMap(({ window, locked }) =>
      locked === null
        ? []
        : [`${window.scope ?? window.name} is locked: ${label(locked) ?? 'no reason given'}`],
    ),
  };
}

function poolWindow(field: string, pool: Json, confidence: Confidence): UsageWindow | null {
  const limit = dollars(pool, 'limit') ?? dollars(pool, 'amount');
  const used = dollars(pool, 'used');
  const left = dollars(pool, 'remaining') ?? (limit === null || used === null ? null : limit - used);
  const share = percent(pool.utilization) ?? percent(pool.percent) ?? shareOf(used, limit);
  if (share === null && left === null) return null;
  const hasMoney = limit !== null || left !== null;
  const resets = pool.resets_at ?? pool.expires_at ?? null;
  if (!hasMoney && isPlaceholder(field, { utilization: share, resets_at: resets })) return null;
  return usageWindow({
    kind: hasMoney || field in NAMES || /credit/.test(field) ? 'credits' : 'unknown',
    name: field,
    scope: text(pool.label) ?? text(pool.display_name) ?? NAMES[field] ?? field,
    models: [],
    used: share,
    used_units: used,
    remaining_units: left === null ? null : Math.max(0, left),
    unit: hasMoney ? (text(pool.currency)?.toLowerCase() ?? 'usd') : null,
    resets,
    confidence,
  });
}

/** `used_dollars: 5`, or `used: {amount_minor: 500, exponent: 2}`. */
const dollars = (pool: Json, name: string): number | null =>
  number(pool[`${name}_dollars`]) ?? money(pool[name]);

/** An amount in minor units, as a number of the currency; null for another shape. */
export function money(value: unknown): number | null {
  const amount = record(value);
  const minor = number(amount?.amount_minor);
  return minor === null ? null : minor / 10 ** (number(amount?.exponent) ?? 2);
}
