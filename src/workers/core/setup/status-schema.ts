import Type, { type Static } from 'typebox';
import { usageStatuses } from '../../../events/catalogue/usage.ts';
import { WorkerState } from '../../../events/catalogue/worker-shapes.ts';
import { count, flag, instant, list, noted, nullable, oneOf, Step, text } from '../../../lib/shapes.ts';

/** Separate from the code that fills them: the fast path of a query needs only the types and no schema library. */

export { Step };

export const Headroom = Type.Object(
  {
    provider_id: text,
    usable: flag,
    unusable_reason: nullable(text),
    status: oneOf(usageStatuses),
    next_available_at: noted(nullable(instant), 'When every window that blocks it has reset.'),
    unlimited: noted(flag, 'The provider reports that the plan has no limits.'),
    window: noted(nullable(text), 'The limit of the plan with the least left.'),
    remaining_percent: nullable(Type.Number()),
    reset_at: noted(
      nullable(text),
      'Of that window. In the past if every window has reset and was not checked since.',
    ),
    age_seconds: count,
    stale: noted(flag, 'Older than policy.usage_stale_after_seconds.'),
  },
  { title: 'Headroom', description: 'What is left of one subscription: its tightest window.' },
);
export type Headroom = Static<typeof Headroom>;

export const LiveWorker = Type.Object(
  {
    session_id: text,
    provider_id: text,
    state: WorkerState,
    waiting: noted(flag, 'It does nothing until it gets an answer.'),
    parked_until: Type.Optional(
      noted(nullable(instant), 'Only of a parked worker: when its limit resets; null if that is not known.'),
    ),
    role: text,
    task: text,
    coordinator_id: text,
    repo_path: text,
    created_at: instant,
    updated_at: instant,
  },
  { title: 'LiveWorker' },
);
export type LiveWorker = Static<typeof LiveWorker>;

export const Status = Type.Object(
  {
    checked_at: instant,
    home: text,
    initialized: noted(flag, 'A config.yaml exists.'),
    has_spawned: noted(flag, 'This AGENTPOOL_HOME has spawned a worker before.'),
    providers: noted(list(Headroom), 'Installed agents, and those whose limits are known.'),
    workers: noted(
      list(LiveWorker),
      'Of every coordinator; those that wait for an answer first, then the newest.',
    ),
    waiting: count,
    next: noted(list(Step), 'The commands to run next.'),
  },
  { description: 'The current state, as far as the ledger knows: no provider is asked.' },
);
export type Status = Static<typeof Status>;
