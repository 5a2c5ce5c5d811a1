import { answer, NO_LIMITS, type Reading, usageWindow } from '../../contract/limits/reading.ts';
import type { Confidence, UsageWindow, WindowKind } from '../../contract/limits/sample.ts';
import { type Json, list, number, percent, record, text } from '../../contract/limits/values.ts';

const KINDS: Record<string, WindowKind> = { session: '5h', weekly_all: 'weekly', weekly_scoped: 'weekly' };

/** The limits of get_usage and of the cache file, which are of one shape. */
export function readClaudeLimits(limits: Json, plan: string | null, confidence: Confidence): Reading {
  const listed = Array.isArray(limits.limits);
  const windows = listed ? fromList(list(limits.limits), confidence) : fromFields(limits, confidence);
  const extra = record(limits.extra_usage);
  return answer({
    windows: [...windows, ...extraUsage(extra, confidence)],
    plan,
    overage: extra?.is_enabled === true,
    paying: isPaying(limits) || isPaying(extra),
    // When the fetch fails, Claude answers from a cache up to an hour old, which lacks the list.
    stale: !listed,
    warnings: [
      ...(windows.length === 0 ? [NO_LIMITS] : []),
      ...(listed ? [] : ['Claude answered from its cache']),
    ],
  });
}

/** Claude's own words for paid use (2.1.330); the cents of a month say nothing about now. */
export const isPaying = (facts: Json | null): boolean =>
  ['is_using_overage', 'isUsingOverage', 'overage_in_use', 'overageInUse', 'in_use', 'is_in_use'].some(
    (name) => facts?.[name] === true,
  );

function fromList(rows: unknown[], confidence: Confidence): UsageWindow[] {
  return rows.flatMap((row) => {
    const limit = record(row);
    if (!limit) return [];
    const name = text(limit.kind) ?? '';
    const kind =
      KINDS[name] ?? (name.startsWith('weekly') || limit.group === 'weekly' ? 'weekly' : 'unknown');
    const scope = scopeOf(record(limit.scope));
    // An unknown scope must not pass for the limit of the whole plan.
    const of = scope ?? (KINDS[name] && name !== 'weekly_scoped' ? null : name || 'unnamed');
    return [
      usageWindow({ kind, scope: of, used: percent(limit.percent), resets: limit.resets_at, confidence }),
    ];
  });
}

function scopeOf(scope: Json | null): string | null {
  const model = record(scope?.model);
  return (
    text(model?.display_name) ??
    text(model?.id) ??
    text(scope?.surface) ??
    text(record(scope?.surface)?.display_name)
  );
}

const FIELDS: [string, WindowKind, string | null][] = [
  ['five_hour', '5h', null],
  ['seven_day', 'weekly', null],
  ['seven_day_opus', 'weekly', 'Opus'],
  ['seven_day_sonnet', 'weekly', 'Sonnet'],
];

function fromFields(limits: Json, confidence: Confidence): UsageWindow[] {
  const named = FIELDS.flatMap(([field, kind, scope]) => {
    const window = record(limits[field]);
    return window
      ? [
          usageWindow({
            kind,
            scope,
            used: percent(window.utilization),
            resets: window.resets_at,
            confidence,
          }),
        ]
      : [];
  });
  const models = list(limits.model_scoped).flatMap((row) => {
    const model = record(row);
    const scope = text(model?.display_name);
    if (!model || scope === null) return [];
    return [
      usageWindow({
        kind: 'weekly',
        scope,
        used: percent(model.utilization),
        resets: model.resets_at,
        confidence,
      }),
    ];
  });
  return [...named, ...models];
}

/** Paid use beyond the plan: shown, but scoped, since its end does not end the plan's own limits. */
function extraUsage(extra: Json | null, confidence: Confidence): UsageWindow[] {
  if (extra?.is_enabled !== true) return [];
  const limit = number(extra.monthly_limit);
  const used = number(extra.used_credits);
  const usd = (cents: number): number => cents / 100;
  return [
    usageWindow({
      kind: 'on_demand',
      scope: 'extra usage',
      used: percent(extra.utilization),
      used_units: used === null ? null : usd(used),
      remaining_units: limit === null || used === null ? null : usd(Math.max(0, limit - used)),
      unit: text(extra.currency)?.toLowerCase() ?? 'usd',
      confidence,
    }),
  ];
}
