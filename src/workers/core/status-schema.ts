import Type, { type Static } from 'typebox';
import { WorkerState } from '../../events/catalogue/worker.ts';
import { count, flag, instant, list, noted, nullable, text } from '../../lib/shapes.ts';

/** Apart from what fills them: the short way to a query needs the types alone, and loads no schema library. */

export const Step = Type.Object(
  { what: text, command: text },
  { title: 'Step', description: 'Something that a person may do now, and the line that does it.' },
);
export type Step = Static<typeof Step>;

export const Headroom = Type.Object(
  {
    provider_id: text,
    usable: flag,
    unusable_reason: nullable(text),
    window: nullable(text),
    remaining_percent: nullable(Type.Number()),
    reset_at: nullable(text),
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
    waiting: noted(flag, 'It does nothing until somebody comes.'),
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
    initialized: noted(flag, 'A config.yaml is there.'),
    has_spawned: noted(flag, 'A worker was spawned from this home at some time.'),
    providers: noted(list(Headroom), 'Installed agents, and those that have told of their limits.'),
    workers: noted(
      list(LiveWorker),
      'Of every coordinator; those that wait for somebody first, then the newest.',
    ),
    waiting: count,
    next: noted(list(Step), 'What to type next.'),
  },
  { description: 'Where things stand, as far as the ledger knows: nobody is asked.' },
);
export type Status = Static<typeof Status>;
