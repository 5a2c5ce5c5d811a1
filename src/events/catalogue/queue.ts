import Type from 'typebox';
import { noted, nullable, oneOf, text } from '../../lib/shapes.ts';
import { define } from './definition.ts';
import { Isolation, OnLimit, state } from './worker-shapes.ts';

/** Events of a request that waits for its start. It starts with a `worker.spawn_requested` in the same stream. */
export const queueEvents = {
  'worker.queued': define(
    1,
    'A worker was requested that cannot start yet. Its full request waits in a private file.',
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
      artifact_dir: text,
      transcript_path: text,
      coordinator_id: text,
      supervision: text,
      max_turns: nullable(Type.Integer({ minimum: 1 })),
      on_limit: Type.Optional(OnLimit),
      rank: noted(Type.Number(), 'The order within its provider: the smallest starts first.'),
      not_before: nullable(text),
      expires_at: noted(nullable(text), 'Then it is dropped.'),
      why: noted(
        oneOf(['limit', 'parallel', 'lease', 'time']),
        'Why it could not start when it was requested.',
      ),
      reason: noted(text, 'The same in words.'),
    }),
  ),
  'worker.queue_moved': define(
    1,
    'The request got another place in its queue.',
    Type.Object({ state, rank: Type.Number() }),
  ),
  'worker.requeued': define(
    1,
    'The process that started the request ended before the worker ran, and it waits again, at its old place.',
    Type.Object({
      state,
      rank: Type.Number(),
      not_before: nullable(text),
      expires_at: nullable(text),
      reason: text,
    }),
  ),
  'worker.dequeued': define(
    1,
    'The request was dropped before it was started.',
    Type.Object({
      state,
      because: oneOf(['caller', 'expired', 'refused', 'request_missing']),
      reason: text,
    }),
  ),
};
