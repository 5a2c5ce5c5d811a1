import Type, { type Static } from 'typebox';
import { Preferences } from '../../config/preferences-schema.ts';
import {
  Attempt,
  Blocked,
  confidences,
  UsageSample,
  UsageWindow,
  usageStatuses,
} from '../../events/catalogue/usage.ts';
import { count, flag, instant, keyed, list, noted, nullable, oneOf, text } from '../../lib/shapes.ts';

/** How fast a window is being used up, and the samples that say so. */
export const Trend = Type.Object(
  {
    percent_per_hour: Type.Number(),
    from: noted(instant, 'When the first of the samples was taken that the pace is computed from.'),
    to: instant,
    samples: count,
    used_up_at: noted(
      nullable(instant),
      'When the window is used up at this pace; null when it resets before that, or nothing is being used.',
    ),
    lasts_until_reset: noted(
      nullable(flag),
      'Whether the window lasts until its reset at this pace; null when the reset is not known.',
    ),
  },
  { title: 'Trend', description: 'How fast a window is being used up.' },
);
export type Trend = Static<typeof Trend>;

export const CapacityWindow = Type.Object(
  {
    ...UsageWindow.properties,
    trend: noted(nullable(Trend), 'Null if the samples do not support one.'),
    words: noted(text, 'The same in words.'),
  },
  { title: 'CapacityWindow', description: 'One limit of a plan, and its trend.' },
);
export type CapacityWindow = Static<typeof CapacityWindow>;

export const CapacityModel = Type.Object(
  {
    status: oneOf(usageStatuses),
    usable: noted(flag, 'Whether a spawn with this model may go there now.'),
    unusable_reason: nullable(text),
    windows: noted(list(CapacityWindow), 'Its own limits; those of the plan bind it too.'),
    next_available_at: noted(nullable(instant), 'When every window that blocks it has reset.'),
  },
  { title: 'CapacityModel', description: 'What is left for one model that has a limit of its own.' },
);
export type CapacityModel = Static<typeof CapacityModel>;

export const ResetCredits = Type.Object(
  {
    count,
    expires_at: noted(nullable(instant), 'When the first of them expires.'),
  },
  { title: 'ResetCredits', description: 'Credits of a plan that reset a limit at once.' },
);
export type ResetCredits = Static<typeof ResetCredits>;

export const CapacityRow = Type.Object(
  {
    provider_id: text,
    machine: Type.Optional(
      noted(text, 'The machine of the fleet that the figures are from; only where it is another one.'),
    ),
    status: oneOf(usageStatuses),
    confidence: oneOf(confidences),
    installed: noted(nullable(flag), 'Null if no detection ran.'),
    auth_status: nullable(text),
    usable: noted(
      flag,
      'Whether the policy and the known facts allow work there now, with the default model.',
    ),
    unusable_reason: noted(nullable(text), 'The first reason why it is not usable, as a word.'),
    next_available_at: noted(
      nullable(instant),
      'When every window that blocks it has reset; null if that is not known or none does.',
    ),
    stale: flag,
    age_seconds: count,
    checked_at: instant,
    observed_at: instant,
    plan: nullable(text),
    windows: list(CapacityWindow),
    models: noted(keyed(CapacityModel), 'The models that have a limit of their own, by the name of it.'),
    blocked: noted(nullable(Blocked), 'Set when the provider itself refuses work.'),
    unlimited: noted(flag, 'The provider reports that the plan has no limits.'),
    refresh_failed: noted(
      nullable(text),
      'Why the last question brought no figures: those shown are from before it. Null if it did.',
    ),
    credits_remaining: nullable(Type.Number()),
    premium_requests_remaining: nullable(Type.Number()),
    reset_credits: noted(
      nullable(ResetCredits),
      'Credits that reset a limit at once: AgentPool shows them and never redeems one.',
    ),
    warnings: list(text),
    source: nullable(text),
    tried: list(Attempt),
    summary: noted(text, 'The same in words.'),
  },
  { title: 'CapacityRow', description: 'What is left of one subscription.' },
);
export type CapacityRow = Static<typeof CapacityRow>;

export const Capacity = Type.Object({
  checked_at: instant,
  min_remaining_percent: noted(Type.Number(), 'The minimum of the policy.'),
  providers: noted(
    keyed(CapacityRow),
    'Keyed by provider in the order of their names: the caller chooses, this recommends nothing.',
  ),
  counts: Type.Object({
    total: count,
    usable: count,
    unusable: count,
    available: count,
    near_limit: count,
    limit_reached: count,
    unknown: count,
    unavailable: count,
  }),
  next_available_provider: noted(
    nullable(text),
    'Which provider that is not usable now comes back first, and when.',
  ),
  next_available_at: nullable(instant),
});
export type Capacity = Static<typeof Capacity>;

export const UsageSummary = Type.Object(
  {
    ...Capacity.properties,
    backend: text,
    source: noted(
      oneOf(['ledger', 'refresh', 'auto_refresh']),
      '`ledger`: no provider was asked. `refresh`: all were. `auto_refresh`: those whose answer was too old for the policy.',
    ),
    partial: noted(flag, 'A provider did not answer before the deadline: its figures are older.'),
    preferences: Preferences,
  },
  {
    description:
      'Which providers are usable now, which are not and why, and when they come back. With `--watch`, one such line per change.',
  },
);
export type UsageSummary = Static<typeof UsageSummary>;

export const Snapshots = Type.Object(
  {
    backend: text,
    source: oneOf(['ledger', 'refresh']),
    partial: flag,
    snapshots: list(UsageSample),
  },
  { description: 'The samples themselves, with their sources.' },
);
export type Snapshots = Static<typeof Snapshots>;
