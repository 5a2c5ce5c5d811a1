import Type, { type Static } from 'typebox';
import { count, noted, nullable, oneOf, text } from '../../lib/shapes.ts';
import { define } from './definition.ts';
import { deliveries, isolations, observeEvents, promptModes, workerStates } from './words.ts';

export const WorkerState = oneOf(workerStates);
export const ObserveEvent = oneOf(observeEvents);
export const Isolation = oneOf(isolations);
export const PromptMode = oneOf(promptModes);
export const Delivery = oneOf(deliveries);

const state = noted(WorkerState, 'After the event: projections read it, replay proves it.');

const processIdentity = noted(
  Type.Object({ pid: Type.Integer(), started: text }),
  'A process that a later process with the same number is not taken for.',
);

/** Events of the streams `worker/<session id>`. All text is redacted before it is appended. */
export const workerEvents = {
  'worker.spawn_requested': define(
    1,
    'Somebody asked for a worker: the intent, before anything was made.',
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
        'Planned before anything is made, so that it can be undone whoever dies in between.',
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
      max_runtime_seconds: nullable(Type.Integer({ minimum: 1 })),
      max_turns: nullable(Type.Integer({ minimum: 1 })),
      deadline_at: nullable(text),
      spawner: noted(
        processIdentity,
        'Who makes the worker; when it is gone without an outcome, reconcile finishes its work.',
      ),
      capacity: noted(
        Type.Record(text, Type.Unknown()),
        "What was known of every provider's capacity at that moment.",
      ),
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
      adopted: noted(Type.Boolean(), 'True when reconcile found it running after its spawner had died.'),
    }),
  ),
  'worker.spawn_failed': define(
    1,
    'The worker could not be made; whatever had been made of it was undone.',
    Type.Object({ state, code: text, reason: text }),
  ),
  'worker.prompt_delivered': define(
    1,
    'The task reached the worker.',
    Type.Object({ state, mode: PromptMode, delivery: Delivery, chars: count }),
  ),
  'worker.message_sent': define(
    1,
    'A message is about to be typed into the worker: the intent.',
    Type.Object({ state, text, chars: count, turn: count }),
  ),
  'worker.message_delivered': define(
    1,
    'What became of the message.',
    Type.Object({ state, sent_event_id: text, delivery: Delivery, reason: nullable(text) }),
  ),
  'worker.message_drafted': define(
    1,
    "A text was typed into the worker's box and left there: no turn begins with it.",
    Type.Object({ state, text, chars: count }),
  ),
  'worker.keys_sent': define(1, 'Raw keys went to the pane.', Type.Object({ state, keys: Type.Array(text) })),
  'worker.interrupted': define(
    1,
    'The worker was asked to stop its turn.',
    Type.Object({ state, keys: Type.Array(text) }),
  ),
  'worker.transitioned': define(
    1,
    'Somebody saw the worker change its state.',
    Type.Object({
      from: noted(state, 'The state before.'),
      state,
      observe_event: ObserveEvent,
      source: noted(text, 'What was looked at: screen, title, signal, exit; caller where somebody said so.'),
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
    "The worker's screen speaks of a limit.",
    Type.Object({ state, rule: text, evidence: Type.Array(text), resets_at_text: nullable(text) }),
  ),
  'worker.retrying': define(
    1,
    'The client was refused and tries again by itself: the worker works on, with this warning.',
    Type.Object({ state, rule: text, evidence: Type.Array(text) }),
  ),
  'worker.recovered': define(
    1,
    'The worker works on without trying again: the warning is over.',
    Type.Object({ state }),
  ),
  'worker.exited': define(
    1,
    'The worker process ended by itself.',
    Type.Object({
      state,
      code: nullable(Type.Integer()),
      signal: nullable(text),
      result: oneOf(['present', 'missing']),
    }),
  ),
  'worker.deadline_exceeded': define(
    1,
    'The worker ran longer than it was allowed to.',
    Type.Object({ state, deadline_at: text, max_runtime_seconds: count }),
  ),
  'worker.lost': define(1, 'The worker is gone and nobody saw it go.', Type.Object({ state, reason: text })),
  'worker.collected': define(
    1,
    'What the worker made was gathered.',
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
    'Somebody asked for the end of the worker: the intent, before anything was ended.',
    Type.Object({ state, requester: processIdentity }),
  ),
  'worker.terminated': define(
    1,
    'The worker and everything it had started was ended.',
    Type.Object({
      state,
      ended: Type.Array(Type.Object({ pid: Type.Integer(), command: text, signal: text })),
    }),
  ),
  'worktree.created': define(
    1,
    "The worker's own work tree was made.",
    Type.Object({ path: text, branch: text, base: text }),
  ),
  'worktree.removed': define(
    1,
    "The worker's work tree was taken away.",
    Type.Object({ path: text, branch: text, branch_kept: Type.Boolean(), forced: Type.Boolean() }),
  ),
};

export type WorkerState = Static<typeof WorkerState>;
export type ObserveEvent = Static<typeof ObserveEvent>;
export type Isolation = Static<typeof Isolation>;
export type PromptMode = Static<typeof PromptMode>;
export type Delivery = Static<typeof Delivery>;
