import Type, { type Static } from 'typebox';
import { parkReasons } from '../../events/catalogue/words.ts';
import { Isolation, OnLimit, TriedProvider, WorkerState } from '../../events/catalogue/worker-shapes.ts';
import { count, facts, flag, instant, list, noted, nullable, oneOf, Step, text } from '../../lib/shapes.ts';
import { SeenMachine } from '../seen-machine.ts';

/** Why a worker cannot be watched. */
export const WatchFault = Type.Object(
  { since: instant, error: text },
  {
    title: 'WatchFault',
    description: 'What it does is not seen, and its state may be out of date. Ends when it is watched again.',
  },
);
export type WatchFault = Static<typeof WatchFault>;

export const Parked = Type.Object(
  {
    because: noted(
      oneOf(parkReasons),
      '`cut_short`: the agent ended its turn itself, because a limit was near.',
    ),
    until: noted(nullable(instant), 'When the limit resets; null if that is not known.'),
    window: nullable(text),
    known_from: noted(text, 'Where the reset is known from.'),
    continues_itself: noted(flag, 'The agent goes on by itself after the reset.'),
    check_at: noted(instant, 'When the limit is checked again.'),
    give_up_at: nullable(instant),
    attempt: count,
    held: Type.Optional(noted(text, 'What keeps it from being continued after the reset.')),
    tried: list(TriedProvider),
  },
  { title: 'Parked', description: 'The limit that a worker waits for.' },
);
export type Parked = Static<typeof Parked>;

export const Queued = Type.Object(
  {
    rank: noted(Type.Number(), 'The order within its provider: the smallest starts first.'),
    not_before: nullable(instant),
    expires_at: nullable(instant),
    why: text,
    reason: noted(text, 'Why it could not start when it was requested.'),
  },
  { title: 'Queued', description: 'A place in the queue.' },
);
export type Queued = Static<typeof Queued>;

/** A session as every command prints it: the keys of the older AgentPool, and ours. */
export const Session = Type.Object(
  {
    id: text,
    machine: Type.Optional(noted(text, 'The name of its machine; only in a list of all machines.')),
    provider_id: text,
    harness: text,
    model: nullable(text),
    account: nullable(text),
    role: text,
    task: noted(text, 'Redacted, like all stored text.'),
    state: WorkerState,
    readiness: noted(nullable(text), 'The basis of the state: `turn_ended`, `exited`, ...'),
    question: noted(nullable(text), "The worker's own words: untrusted."),
    last_event: noted(text, 'The last observation, or the type of the last event.'),
    reason: noted(nullable(text), 'Why it failed or was lost.'),
    watch_fault: Type.Optional(noted(WatchFault, 'Only while the watcher fails to watch it.')),
    warnings: Type.Optional(
      noted(list(text), 'Why its task, or the last message to it, may not have arrived.'),
    ),
    result: noted(nullable(text), '`present` where it printed a result block.'),
    exit_code: nullable(Type.Integer()),
    exit_signal: nullable(text),
    alive: noted(flag, 'From the request until the process is known to be gone.'),
    runtime: text,
    isolation: Isolation,
    supervision: text,
    coordinator_id: noted(text, 'Who spawned it.'),
    repo_path: text,
    worktree_path: noted(nullable(text), 'Null without a worktree, and after its removal.'),
    worktree_branch: nullable(text),
    artifact_dir: text,
    transcript_path: text,
    events_path: text,
    tmux: Type.Object({ session_name: text, window: text, pane: text }),
    created_at: instant,
    updated_at: instant,
    ended_at: noted(nullable(instant), 'When it entered a final state.'),
    deadline_at: nullable(instant),
    max_turns: nullable(count),
    run: noted(
      count,
      'The number of its process: 1 from the spawn on, one more with each resume; 0 while it is queued.',
    ),
    resumable: noted(flag, 'Whether `agentpool resume` can start it again.'),
    conversation_id: noted(
      nullable(text),
      'The id under which its agent keeps the conversation; null while it is not known.',
    ),
    on_limit: noted(nullable(OnLimit), 'What happens when it stops at a limit; null for nothing.'),
    parked: noted(nullable(Parked), 'The limit that it waits for; null in every state but PARKED.'),
    queued: noted(nullable(Queued), 'Its place in the queue; null in every state but QUEUED.'),
    predecessor: noted(nullable(text), 'The session whose work it took over.'),
    successor: noted(nullable(text), 'The session that took over its work.'),
    metadata: facts,
  },
  { title: 'Session', description: 'A worker: its task, where it runs, and its state.' },
);
export type Session = Static<typeof Session>;

/** The part of a list that a page shows. */
export const Pagination = Type.Object(
  {
    count: noted(count, 'The number of items on this page.'),
    total: count,
    limit: count,
    offset: count,
    has_more: flag,
    next_offset: noted(nullable(count), 'The offset of the next page; null on the last page.'),
  },
  { title: 'Pagination' },
);
export type Pagination = Static<typeof Pagination>;

export const SessionList = Type.Object(
  {
    sessions: list(Session),
    pagination: Pagination,
    scope: Type.Object({
      coordinator_id: text,
      current_coordinator_only: flag,
      all_machines: Type.Optional(noted(flag, 'True in a list of all machines.')),
    }),
    machines: Type.Optional(noted(list(SeenMachine), 'Only in a list of all machines.')),
    next: Type.Optional(
      noted(list(Step), 'Only where workers of any coordinator are lost: how all of them go on.'),
    ),
  },
  { description: 'A page of workers, the newest first, and whose they are.' },
);
export type SessionList = Static<typeof SessionList>;

/** How long a worker was in one state. */
export const Stay = Type.Object(
  {
    state: WorkerState,
    entered_at: instant,
    exited_at: noted(nullable(instant), 'Null while it lasts.'),
    because: noted(text, 'The observation, or the type of the event.'),
  },
  { title: 'Stay' },
);
export type Stay = Static<typeof Stay>;
