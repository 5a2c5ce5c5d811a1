import Type from 'typebox';
import { noted, nullable, oneOf, text } from '../../lib/shapes.ts';
import { define } from './definition.ts';
import { AwaitedLimit, PromptMode, processIdentity, state, WorkerState } from './worker-shapes.ts';

/** Events of a worker that goes on in another process: its second run, its third, ... */
export const runEvents = {
  'worker.conversation_identified': define(
    1,
    "The id under which the worker's agent keeps its conversation became known: the agent can take it up again.",
    Type.Object({
      state,
      conversation_id: text,
      source: noted(text, 'Where it was read.'),
    }),
  ),
  'worker.resume_requested': define(
    1,
    'The worker is to go on in a new process: the intent, recorded before anything is started.',
    Type.Object({
      from: noted(WorkerState, 'The state before: it returns if the process cannot be started.'),
      state,
      run: noted(Type.Integer({ minimum: 2 }), 'The number of the run; the spawn began run 1.'),
      mode: noted(
        oneOf(['conversation', 'brief']),
        'Whether its agent takes up its own conversation, or begins another one with a summary of the work.',
      ),
      conversation_id: nullable(text),
      text: noted(nullable(text), 'The text that it gets, redacted. Null: it waits at its prompt.'),
      initial_prompt_mode: PromptMode,
      tmux_session: text,
      result_word: noted(nullable(text), 'The word in the markers of its result.'),
      deadline_at: nullable(text),
      waits_for: Type.Optional(AwaitedLimit),
      spawner: noted(
        processIdentity,
        'The process that starts it. If it ends without recording an outcome, reconcile finishes its work.',
      ),
    }),
  ),
  'worker.resume_failed': define(
    1,
    'The new process could not be started: the worker is what it was before.',
    Type.Object({ state, code: text, reason: text }),
  ),
};
