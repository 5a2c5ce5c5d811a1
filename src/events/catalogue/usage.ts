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
  'observed', // read from an undocumented place that may change
  'unknown',
] as const;

export const usageStatuses = [
  'available',
  'near_limit', // a window is nearly used up
  'limit_reached',
  'overage_possible', // the plan is used up, and further work would be billed
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
  'unreadable', // the answer could not be parsed
  'failed',
  'skipped', // not asked: off by default, or interactive while interactive sources are disabled
] as const;

const figure = nullable(Type.Number());
/** 0 to 100; what is used can be more, where a plan lets its limit be exceeded. */
const percent = nullable(Type.Number({ minimum: 0 }));

export const UsageWindow = Type.Object(
  {
    name: noted(
      text,
      'Unique within a sample and stable over time: `weekly`, `weekly_fable`, `5h_gpt_5_3_codex_spark`.',
    ),
    kind: oneOf(windowKinds),
    scope: noted(nullable(text), 'What the limit applies to if not to the whole plan: a model, a surface.'),
    used_percent: percent,
    remaining_percent: percent,
    used_units: figure,
    remaining_units: figure,
    unit: noted(nullable(text), '`requests`, `credits`, `usd`.'),
    models: Type.Optional(
      noted(
        Type.Array(text),
        'The models that it limits, as the provider names them; absent if it limits all or they are not known.',
      ),
    ),
    binds_plan: Type.Optional(
      noted(flag, 'It stops all work although it has a scope: the chat quota of a free plan.'),
    ),
    window_minutes: figure,
    reset_at: nullable(instant),
    confidence: oneOf(confidences),
    expired: noted(
      flag,
      'The window has reset since the figures were read, so the percentages were dropped.',
    ),
  },
  {
    title: 'UsageWindow',
    description: 'One limit of a plan. The provider reports one percentage; the other is 100 minus it.',
  },
);

export const Attempt = Type.Object(
  {
    source: text,
    outcome: oneOf(outcomes),
    reason: nullable(text),
    retry_at: noted(nullable(instant), 'When the provider allows the next request (429 with retry-after).'),
    took_ms: Type.Number(),
  },
  { title: 'Attempt', description: 'One source that was asked, and the outcome.' },
);

export const Blocked = Type.Object(
  {
    reason: noted(text, 'As a word: `spend_control_reached`, `credits_depleted`.'),
    until: noted(nullable(instant), 'When work is allowed again, if the provider says so.'),
  },
  { title: 'Blocked', description: "The provider's own statement that it allows no work now." },
);

export const UsageSample = Type.Object(
  {
    provider_id: text,
    account: Type.Optional(
      noted(
        nullable(text),
        'Which account the figures belong to: a hash of its id or of its folder. Null if that is not known.',
      ),
    ),
    blocked: Type.Optional(
      noted(nullable(Blocked), 'Set when the provider itself refuses work, whatever its windows show.'),
    ),
    unlimited: Type.Optional(noted(flag, 'The provider reports that the plan has no limits.')),
    status: oneOf(usageStatuses),
    confidence: oneOf(confidences),
    source: noted(nullable(text), 'The source that answered; null if none did.'),
    checked_at: noted(instant, 'When the source was asked.'),
    observed_at: noted(
      instant,
      'When the figures were measured: earlier than `checked_at` for a cached or kept sample.',
    ),
    stale: noted(
      flag,
      'The figures are older than the request: a cache answered, or the last good figures were kept.',
    ),
    plan: nullable(text),
    windows: noted(Type.Array(UsageWindow), 'One per limit of the plan.'),
    credits_remaining: figure,
    premium_requests_remaining: figure,
    reset_at: noted(nullable(instant), 'Reset of the window that has the least left.'),
    tried: noted(Type.Array(Attempt), 'Every source that was asked, in order.'),
    warnings: Type.Array(text),
    raw: noted(Type.Record(text, Type.Unknown()), 'Small source-specific values.'),
  },
  {
    title: 'UsageSample',
    description: 'The limits of one provider. Never holds a credential or an e-mail address.',
  },
);

export type Confidence = (typeof confidences)[number];
export type UsageStatus = (typeof usageStatuses)[number];
export type WindowKind = (typeof windowKinds)[number];
export type AttemptOutcome = (typeof outcomes)[number];
export type Attempt = Static<typeof Attempt>;
export type Blocked = Static<typeof Blocked>;
export type UsageWindow = Static<typeof UsageWindow>;
export type UsageSample = Static<typeof UsageSample>;

/** Events of the streams `usage/<provider>`. */
export const usageEvents = {
  'usage.sampled': define(
    1,
    'The limits of a provider were read, or an agent warned about one.',
    UsageSample,
  ),
};
