import Type, { type Static } from 'typebox';
import { count, noted, nullable, oneOf, text } from '../../lib/shapes.ts';
import { define } from './definition.ts';
import { deliveries, observeEvents } from './words.ts';
import { Isolation, OnLimit, PromptMode, processIdentity, state } from './worker-shapes.ts';

export const ObserveEvent = oneOf(observeEvents);
export const Delivery = oneOf(deliveries);

const resumable = Type.Optional(
  noted(
    Type.Literal(true),
    'An end that no caller asked for: the worker is LOST, and can be resumed. Missing in older releases, where it is FAILED.',
  ),
);

/** Events of the streams `worker/<session id>`. All text is redacted before it is appended. */
export const workerEvents = {
  'worker.spawn_requested': define(
    1,
    'A worker was requested: the intent, recorded before anything is created.',
    Type.Object({
      state,
      provider_id: text,
      harness: text,
      model: nullable(text),
      account: nullable(text),
      role: text,
      task: text,
      runtime: text,
      isolation: Isolation,
      repo_path: text,
      worktree: noted(
        nullable(Type.Object({ path: text, branch: text, base: text, repo: text, common_dir: text })),
        'Planned before anything is created, so that any process can undo it after a crash.',
      ),
      artifact_dir: text,
      transcript_path: text,
      tmux_session: text,
      coordinator_id: text,
      supervision: text,
      initial_prompt_mode: PromptMode,
      reasoning_effort: nullable(text),
      service_tier: nullable(text),
      allowed_files: Type.Array(text),
      setup: Type.Optional(
        noted(Type.Array(text), 'The commands that prepare its worktree, redacted. Missing without any.'),
      ),
      result_word: Type.Optional(
        noted(
          text,
          'The word in the markers of its result. Missing for a worker of an older release: its markers are fixed.',
        ),
      ),
      max_runtime_seconds: nullable(Type.Integer({ minimum: 1 })),
      max_turns: nullable(Type.Integer({ minimum: 1 })),
      deadline_at: nullable(text),
      spawner: noted(
        processIdentity,
        'The process that starts the worker. If it ends without recording an outcome, reconcile finishes its work.',
      ),
      capacity: noted(Type.Record(text, Type.Unknown()), "Each provider's capacity as known at that time."),
      first_choice: Type.Optional(
        noted(
          nullable(Type.Object({ provider_id: text, model: nullable(text) })),
          'What the caller asked for first with this task, and was refused because of a limit. Null if nothing was; missing in older releases.',
        ),
      ),
      on_limit: Type.Optional(
        noted(OnLimit, 'What happens when it stops at a limit. Missing in older releases: nothing.'),
      ),
      predecessor: Type.Optional(noted(text, 'The session whose work it takes over.')),
    }),
  ),
  'worker.started': define(
    1,
    'The worker runs in its pane.',
    Type.Object({
      state,
      tmux: Type.Object({ session_name: text, window: text, pane: text }),
      process: noted(processIdentity, 'The process in the pane.'),
      server: noted(processIdentity, 'The tmux server that holds the pane.'),
      command: Type.Array(text),
      adopted: noted(
        Type.Boolean(),
        'True if reconcile found the worker running after its spawner had died.',
      ),
    }),
  ),
  'worker.spawn_failed': define(
    1,
    'The worker could not be started, and everything created for it was removed.',
    Type.Object({ state, code: text, reason: text }),
  ),
  'worker.prompt_delivered': define(
    1,
    'The task was delivered to the worker.',
    Type.Object({
      state,
      mode: PromptMode,
      delivery: Delivery,
      chars: count,
      reason: Type.Optional(noted(text, 'Why it is not confirmed, or why it is queued.')),
    }),
  ),
  'worker.message_sent': define(
    1,
    'A message is about to be typed into the worker: the intent.',
    Type.Object({
      state,
      text,
      chars: count,
      turn: count,
      continuation: Type.Optional(
        noted(Type.Literal(true), 'Sent by the watcher, to a worker that was parked at a limit.'),
      ),
    }),
  ),
  'worker.message_delivered': define(
    1,
    'The outcome of sending the message.',
    Type.Object({ state, sent_event_id: text, delivery: Delivery, reason: nullable(text) }),
  ),
  'worker.message_drafted': define(
    1,
    "Text was typed into the worker's input box without submitting it, so no turn begins.",
    Type.Object({ state, text, chars: count }),
  ),
  'worker.keys_sent': define(
    1,
    'Raw keys were sent to the pane.',
    Type.Object({ state, keys: Type.Array(text) }),
  ),
  'worker.interrupted': define(
    1,
    'The worker was asked to stop its turn.',
    Type.Object({ state, keys: Type.Array(text) }),
  ),
  'worker.transitioned': define(
    1,
    'The worker was observed to change its state.',
    Type.Object({
      from: noted(state, 'The state before.'),
      state,
      observe_event: ObserveEvent,
      source: noted(
        text,
        'What the observation is based on: screen, title, signal, motion or exit; `caller` if a caller reported it.',
      ),
      rule: text,
      evidence: Type.Array(text),
      confidence: text,
      question: nullable(text),
      readiness: nullable(text),
      warnings: Type.Array(text),
    }),
  ),
  'worker.limit_warned': define(
    1,
    "The worker's screen shows a warning about a limit.",
    Type.Object({ state, rule: text, evidence: Type.Array(text), resets_at_text: nullable(text) }),
  ),
  'worker.retrying': define(
    1,
    'A request of the agent was refused and the agent retries it: the worker keeps working, with this warning.',
    Type.Object({ state, rule: text, evidence: Type.Array(text) }),
  ),
  'worker.recovered': define(
    1,
    'The worker works again without retries: the warning is cleared.',
    Type.Object({ state }),
  ),
  'worker.observations_omitted': define(
    1,
    "The worker's screen changes faster than the bound on events per minute: only the newest observation of this kind follows. Recorded once, until it is over.",
    Type.Object({ state, observations: oneOf(['state', 'limit', 'retry']) }),
  ),
  'worker.watch_failed': define(
    1,
    'The watcher fails to watch the worker: what it does is not seen. Recorded once, until it is watched again.',
    Type.Object({ state, error: text }),
  ),
  'worker.watch_restored': define(1, 'The worker is watched again.', Type.Object({ state })),
  'worker.exited': define(
    1,
    'The worker process exited on its own.',
    Type.Object({
      state,
      code: nullable(Type.Integer()),
      signal: nullable(text),
      result: oneOf(['present', 'missing']),
      resumable,
    }),
  ),
  'worker.deadline_exceeded': define(
    1,
    'The worker exceeded its maximum runtime.',
    Type.Object({ state, deadline_at: text, max_runtime_seconds: count }),
  ),
  'worker.lost': define(
    1,
    'The worker is gone, and its exit was not observed.',
    Type.Object({ state, reason: text, resumable }),
  ),
  'worker.collected': define(
    1,
    'The output of the worker was collected.',
    Type.Object({
      state,
      changed_files: Type.Array(text),
      artifacts: Type.Array(Type.Object({ kind: text, sha256: text, bytes: count })),
      result: oneOf(['present', 'missing']),
      violation: nullable(text),
    }),
  ),
  'worker.termination_requested': define(
    1,
    'The end of the worker was requested: the intent, recorded before any process is ended.',
    Type.Object({ state, requester: processIdentity }),
  ),
  'worker.terminated': define(
    1,
    'The worker and all processes that it had started were ended.',
    Type.Object({
      state,
      ended: Type.Array(Type.Object({ pid: Type.Integer(), command: text, signal: text })),
    }),
  ),
  'worktree.created': define(
    1,
    "The worker's worktree was created.",
    Type.Object({ path: text, branch: text, base: text }),
  ),
  'worktree.removed': define(
    1,
    "The worker's worktree was removed.",
    Type.Object({
      path: text,
      branch: text,
      branch_kept: Type.Boolean(),
      forced: Type.Boolean(),
      head: Type.Optional(
        noted(
          nullable(text),
          'The commit that it was on; null if that is not known. Missing in older releases.',
        ),
      ),
      by: Type.Optional(
        noted(
          Type.Literal('gc'),
          'Removed by `agentpool gc`, or by the retention of config.yaml. Missing if a caller has removed this one.',
        ),
      ),
    }),
  ),
};

export type ObserveEvent = Static<typeof ObserveEvent>;
export type Delivery = Static<typeof Delivery>;
