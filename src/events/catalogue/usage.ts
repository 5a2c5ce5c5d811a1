import Type, { type Static } from 'typebox';
import { flag, instant, noted, nullable, oneOf, text } from '../../lib/shapes.ts';
import { define } from './definition.ts';

/** How a fact came to be known, the most trustworthy first. */
export const confidences = [
  'official', // the provider's own documented service said it
  'local_cli', // the agent's own command line said it
  'local_config', // a file that the agent keeps on this disk said it
  'user_configured',
  'provider_warning', // the agent warned while it worked
  'observed', // read where nobody promised that it would stay readable
  'unknown',
] as const;

export const usageStatuses = [
  'available',
  'near_limit', // a window has little left
  'limit_reached',
  'overage_possible', // the plan is used up and further work would be billed
  'unauthenticated',
  'unavailable', // the agent is not installed
  'unknown',
] as const;

export const windowKinds = [
  '5h',
  'daily',
  'weekly',
  'monthly',
  'session',
  'model',
  'credits',
  'on_demand',
  'unknown',
] as const;

/** Why a source gave no answer. */
export const outcomes = [
  'answered',
  'not_found', // nothing to read: no binary, no file, no token
  'signed_out',
  'rate_limited',
  'refused', // 401 or 403 for a token that is not the agent's own login
  'unsupported', // this version or plan does not offer it
  'timed_out',
  'unreadable', // an answer that is not understood
  'failed',
  'skipped', // not asked: off by default, or interactive and that is not allowed
] as const;

const figure = nullable(Type.Number());
const percent = nullable(Type.Number({ minimum: 0, maximum: 101 }));

export const UsageWindow = Type.Object(
  {
    name: noted(
      text,
      'Unique in a sample and stable over time: `weekly`, `weekly_fable`, `5h_gpt_5_3_codex_spark`.',
    ),
    kind: oneOf(windowKinds),
    scope: noted(
      nullable(text),
      'What the limit applies to when it is not the whole plan: a model, a surface.',
    ),
    used_percent: percent,
    remaining_percent: percent,
    used_units: figure,
    remaining_units: figure,
    unit: noted(nullable(text), '`requests`, `credits`, `usd`.'),
    window_minutes: figure,
    reset_at: nullable(instant),
    confidence: oneOf(confidences),
    expired: noted(
      flag,
      'The reset has passed since this was observed: the percentages were dropped, not shown.',
    ),
  },
  {
    title: 'UsageWindow',
    description:
      'One limit of a plan. Percentages are as the provider gave them; the other half is 100 minus it.',
  },
);

export const Attempt = Type.Object(
  {
    source: text,
    outcome: oneOf(outcomes),
    reason: nullable(text),
    retry_at: noted(nullable(instant), 'When the provider said to ask again (429 with retry-after).'),
    took_ms: Type.Number(),
  },
  { title: 'Attempt', description: 'One source that was asked, and what came of it.' },
);

export const UsageSample = Type.Object(
  {
    provider_id: text,
    status: oneOf(usageStatuses),
    confidence: oneOf(confidences),
    source: noted(nullable(text), 'Who answered; null when nobody did.'),
    checked_at: noted(instant, 'When we asked.'),
    observed_at: noted(
      instant,
      'When the figures were true: earlier than `checked_at` for a cache or a kept sample.',
    ),
    stale: noted(
      flag,
      'The figures are older than the question: a cache answered, or the last good ones were kept.',
    ),
    plan: nullable(text),
    windows: noted(Type.Array(UsageWindow), 'One for each limit of the plan.'),
    credits_remaining: figure,
    premium_requests_remaining: figure,
    reset_at: noted(nullable(instant), 'Of the window that is nearest to its end.'),
    tried: noted(Type.Array(Attempt), 'Every source that was asked, in order.'),
    warnings: Type.Array(text),
    raw: noted(Type.Record(text, Type.Unknown()), "Small facts of the source's own."),
  },
  {
    title: 'UsageSample',
    description: "What is known of one provider's limits. It never holds a credential or an e-mail.",
  },
);

export type Confidence = (typeof confidences)[number];
export type UsageStatus = (typeof usageStatuses)[number];
export type WindowKind = (typeof windowKinds)[number];
export type Outcome = (typeof outcomes)[number];
export type Attempt = Static<typeof Attempt>;
export type UsageWindow = Static<typeof UsageWindow>;
export type UsageSample = Static<typeof UsageSample>;

/** Events of the streams `usage/<provider>`. */
export const usageEvents = {
  'usage.sampled': define(1, "A provider's limits were asked for, or an agent warned of one.", UsageSample),
};
