import Type, { type Static } from 'typebox';
import { WorkerState } from '../../events/catalogue/worker.ts';
import { count, instant, list, noted, nullable, text } from '../../lib/shapes.ts';
import { Step } from '../core/status-schema.ts';

/** What a notification tells, as a command of the user's gets it. Text of ours and of the task; none of the worker's. */
export const Notification = Type.Object(
  {
    event: Type.Union([Type.Literal('waits'), Type.Literal('ended')]),
    session_id: text,
    provider_id: text,
    model: nullable(text),
    role: text,
    state: WorkerState,
    because: noted(text, 'What was seen: question, approval_prompt, idle, limit, completed, error, timeout.'),
    at: instant,
    position: noted(count, 'Of the event in the log: no two notifications have the same.'),
    task: text,
    repo_path: text,
    next: list(Step),
    question: noted(Type.Optional(text), 'What the worker asks; only where the config wants it.'),
  },
  { title: 'News' },
);
export type Notification = Static<typeof Notification>;
