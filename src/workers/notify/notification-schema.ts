import Type, { type Static } from 'typebox';
import { WorkerState } from '../../events/catalogue/worker-shapes.ts';
import { count, instant, list, noted, nullable, oneOf, text } from '../../lib/shapes.ts';
import { Step } from '../core/setup/status-schema.ts';

/** A notification as the user's command gets it. Its text is ours and the task's, not the worker's. */
export const Notification = Type.Object(
  {
    event: noted(
      oneOf(['waits', 'ended', 'parked', 'continued', 'lease_lost']),
      '`parked`: it waits for a limit to reset; `continued`: it goes on after one; `lease_lost`: another machine of the fleet may have its lease.',
    ),
    session_id: text,
    provider_id: text,
    model: nullable(text),
    role: text,
    state: WorkerState,
    because: noted(
      text,
      'What was observed: question, approval_prompt, idle, limit, completed, error, timeout, screen_changed; lease.',
    ),
    at: instant,
    position: noted(count, 'The position of the event in the log; no two notifications have the same.'),
    task: text,
    repo_path: text,
    next: list(Step),
    until: noted(Type.Optional(instant), 'Of a parked worker: when its limit resets, where that is known.'),
    question: noted(Type.Optional(text), 'What the worker asks; only if the config includes it.'),
    lease: noted(
      Type.Optional(
        Type.Object({
          path: text,
          machine: noted(nullable(text), 'Who has it now; null if it was not renewed in time.'),
          session_id: nullable(text),
        }),
      ),
      'The lease that was lost.',
    ),
  },
  { title: 'News' },
);
export type Notification = Static<typeof Notification>;
