import Type, { type Static } from 'typebox';
import { WorkerState } from '../../events/catalogue/worker-shapes.ts';
import { count, instant, list, noted, nullable, text } from '../../lib/shapes.ts';
import { Step } from '../core/status-schema.ts';

/** A notification as the user's command gets it. Its text is ours and the task's, not the worker's. */
export const Notification = Type.Object(
  {
    event: Type.Union([Type.Literal('waits'), Type.Literal('ended')]),
    session_id: text,
    provider_id: text,
    model: nullable(text),
    role: text,
    state: WorkerState,
    because: noted(
      text,
      'What was observed: question, approval_prompt, idle, limit, completed, error, timeout.',
    ),
    at: instant,
    position: noted(count, 'The position of the event in the log; no two notifications have the same.'),
    task: text,
    repo_path: text,
    next: list(Step),
    question: noted(Type.Optional(text), 'What the worker asks; only if the config includes it.'),
  },
  { title: 'News' },
);
export type Notification = Static<typeof Notification>;
