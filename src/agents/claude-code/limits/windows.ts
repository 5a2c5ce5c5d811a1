import { usageWindow } from '../../contract/limits/reading.ts';
import type { Confidence, UsageWindow, WindowKind } from '../../contract/limits/sample.ts';
import { type Json, list, percent, record, text } from '../../contract/limits/values.ts';

/** What Claude calls its limits, in the list and as fields: their kind, and the model or the surface that they are of. */
interface Named {
  kind: WindowKind;
  scope: string | null;
  models?: readonly string[];
}

const KINDS: Record<string, WindowKind> = { session: '5h', weekly_all: 'weekly', weekly_scoped: 'weekly' };
const GROUPS: Record<string, WindowKind> = {
  session: '5h',
  daily: 'daily',
  weekly: 'weekly',
  monthly: 'monthly',
};

/** As Claude's own /usage view and its messages name them (2.1.330 to 2.1.332). */
export const FIELDS: Readonly<Record<string, Named>> = {
  five_hour: { kind: '5h', scope: null },
  seven_day: { kind: 'weekly', scope: null },
  seven_day_opus: { kind: 'weekly', scope: 'Opus', models: ['Opus'] },
  seven_day_sonnet: { kind: 'weekly', scope: 'Sonnet', models: ['Sonnet'] },
  seven_day_overage_included: { kind: 'weekly', scope: 'overage included', models: ['Fable'] },
  seven_day_oauth_apps: { kind: 'weekly', scope: 'OAuth apps', models: [] },
};

/** The windows of a plan; `active` are the names of those that Claude marks as the ones that bind now. */
export function windowsOf(
  limits: Json,
  confidence: Confidence,
): { windows: UsageWindow[]; active: string[] } {
  const listed = list(limits.limits).flatMap((row) => {
    const limit = record(row);
    return limit ? [{ limit, window: fromRow(limit, confidence) }] : [];
  });
  const windows = listed.map(({ window }) => window);
  for (const window of [...fromFields(limits, confidence), ...fromModels(limits, confidence)]) {
    if (!windows.some((known) => isSame(known, window))) windows.push(window);
  }
  const active = listed.flatMap(({ limit, window }) => (limit.is_active === true ? [window.name] : []));
  return { windows, active };
}

const isSame = (a: UsageWindow, b: UsageWindow): boolean =>
  a.kind === b.kind && a.scope?.toLowerCase() === b.scope?.toLowerCase();

function fromRow(limit: Json, confidence: Confidence): UsageWindow {
  const name = text(limit.kind) ?? '';
  const group = text(limit.group) ?? '';
  const kind = KINDS[name] ?? GROUPS[group] ?? (name.startsWith('weekly') ? 'weekly' : 'unknown');
  const scope = scopeOf(record(limit.scope));
  const isOfThePlan = KINDS[name] !== undefined && name !== 'weekly_scoped';
  return usageWindow({
    kind,
    // An unknown scope must not pass for the limit of the whole plan.
    scope: scope.name ?? (isOfThePlan ? null : name || 'unnamed'),
    // Of a limit without a scope nothing says that it is one of a model.
    models: scope.models ?? (scope.name === null && !isOfThePlan ? [] : undefined),
    used: percent(limit.percent) ?? (isReached(limit.severity) ? 100 : null),
    resets: limit.resets_at,
    confidence,
  });
}

/** A severity that says what a percentage would have said. */
const isReached = (severity: unknown): boolean =>
  typeof severity === 'string' && /^(?:reached|exceeded|exhausted|blocked|rejected)$/i.test(severity);

function scopeOf(scope: Json | null): { name: string | null; models?: string[] } {
  const model =
    text(scope?.model) ?? text(record(scope?.model)?.display_name) ?? text(record(scope?.model)?.id);
  const surface = text(scope?.surface) ?? text(record(scope?.surface)?.display_name);
  if (model === null) return surface === null ? { name: null } : { name: surface, models: [] };
  // The share of one surface in a model's limit is not the limit of that model.
  return surface === null ? { name: model, models: [model] } : { name: `${model} in ${surface}`, models: [] };
}

function fromFields(limits: Json, confidence: Confidence): UsageWindow[] {
  return Object.entries(limits).flatMap(([field, value]) => {
    const window = record(value);
    const named = FIELDS[field] ?? unknownWeek(field);
    if (!window || !named || isPlaceholder(field, window)) return [];
    const used = percent(window.utilization);
    return [usageWindow({ ...named, used, resets: window.resets_at, confidence })];
  });
}

/** `seven_day_cowork`: a week of something that we do not know is shown under its own name. */
const unknownWeek = (field: string): Named | null =>
  /^seven_day_(?!breakdown$)[a-z0-9_]+$/.test(field)
    ? { kind: 'weekly', scope: field.slice('seven_day_'.length).replaceAll('_', ' ') }
    : null;

/** Claude sends 0 without a reset for what an account does not have. */
export const isPlaceholder = (field: string, { utilization, resets_at }: Json): boolean =>
  !(field === 'five_hour' || field === 'seven_day') &&
  (utilization ?? 0) === 0 &&
  (resets_at ?? null) === null;

function fromModels(limits: Json, confidence: Confidence): UsageWindow[] {
  return list(limits.model_scoped).flatMap((row) => {
    const model = record(row);
    const scope = text(model?.display_name);
    if (!model || scope === null) return [];
    const facts = { used: percent(model.utilization), resets: model.resets_at, confidence };
    return [usageWindow({ kind: 'weekly', scope, models: [scope], ...facts })];
  });
}
