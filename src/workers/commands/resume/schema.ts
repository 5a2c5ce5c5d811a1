import Type, { type Static } from 'typebox';
import { count, flag, list, noted, nullable, oneOf, text } from '../../../lib/shapes.ts';

export const Resumed = Type.Object(
  {
    session_id: text,
    run: noted(count, 'The number of its new process.'),
    mode: noted(
      oneOf(['conversation', 'brief']),
      '`conversation`: its agent takes up its own conversation. `brief`: a new conversation, with a brief of the work.',
    ),
    why: noted(nullable(text), 'Why it is a brief; null for its own conversation.'),
    conversation_id: nullable(text),
    text: noted(nullable(text), 'What it is given, redacted; null if it waits at its prompt.'),
    folder: text,
    waits_until: Type.Optional(
      noted(
        nullable(text),
        'Only of one that still waits for its limit: when that resets. Then it is continued.',
      ),
    ),
    warnings: noted(list(text), 'What is not as it was.'),
  },
  { title: 'Resumed', description: 'A worker that goes on in a new process.' },
);
export type Resumed = Static<typeof Resumed>;

export const ResumeReport = Type.Object(
  {
    ok: Type.Literal(true),
    dry_run: noted(flag, 'Nothing was started: this is what would be.'),
    resumed: list(Resumed),
    refused: noted(
      list(Type.Object({ session_id: text, code: text, message: text })),
      'Lost workers that cannot go on now, and why. Empty unless `--lost` is given: one worker that cannot go on is an error.',
    ),
  },
  { description: 'Which workers go on, and how.' },
);
export type ResumeReport = Static<typeof ResumeReport>;
