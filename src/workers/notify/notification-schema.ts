import Type, { type Static } from 'typebox';
import { WorkerState } from '../../events/catalogue/worker-shapes.ts';
import { count, instant, list, noted, nullable, oneOf, text } from '../../lib/shapes.ts';
import { Step } from '../core/setup/status-schema.ts';

/** A notification as the user's command gets it. Its text is ours and the task's, not the worker's. */
export const Notification = Type.Object(
  {
    event: noted(
      oneOf(['waits', 'ended', 'parked', 'continued']),
      '`parked`: it waits for a limit to reset; `continued`: it goes on after one.',
    ),
    session_id: text,
    provider_id: text,
    model: nullable(text),
    role: text,
    state: WorkerState,
    because: noted(
      text,
      'What was observed: question, approval_prompt, idle, limit, completed, error, timeout, screen_changed.',
    ),
    at: instant,
    position: noted(count, 'The position of the event in the log; no two notifications have the same.'),
    task: text,
    repo_path: text,
    next: list(Step),
    until: noted(Type.Optional(instant), 'Of a parked worker: when its limit resets, where that is known.'),
    question: noted(Type.Optional(text), 'What the worker asks; only if the config includes it.'),
  },
  { title: 'News' },
);
export type Notification = Static<typeof Notification>;
