import Type, { type Static } from 'typebox';
import { count, instant, list, noted, nullable, oneOf, text } from '../../lib/shapes.ts';

const sums = {
  answers: count,
  input: noted(count, 'All that went in, what came from a cache and what was written to one included.'),
  cache_read: count,
  cache_write: count,
  output: count,
  usd: noted(
    nullable(Type.Number()),
    'At list prices, in US dollars; a subscription does not bill them. Null where no answer has a price.',
  ),
  unpriced_answers: noted(count, 'Answers of models without a price: they are not in `usd`.'),
};

export const Tokens = Type.Object(sums, { title: 'Tokens' });
export type Tokens = Static<typeof Tokens>;

export const TokenRow = Type.Object(
  {
    ...sums,
    provider_id: text,
    group: noted(nullable(text), 'The day, model, project or session; null where the log does not say.'),
  },
  { title: 'TokenRow' },
);
export type TokenRow = Static<typeof TokenRow>;

const UnreadableLog = Type.Object({ path: text, reason: text }, { title: 'UnreadableLog' });

export const TokenReport = Type.Object(
  {
    by: oneOf(['day', 'model', 'project', 'session']),
    start: instant,
    end: noted(instant, 'The end does not belong to the window.'),
    rows: list(TokenRow),
    totals: Tokens,
    unpriced_models: list(text),
    unreadable_logs: list(UnreadableLog),
    worker: noted(
      nullable(Type.Object({ id: text, agent_sessions: list(text) })),
      "The worker that was asked for, and its agent's own sessions; null where none was.",
    ),
  },
  { description: 'What the agents of this disk wrote of their tokens.' },
);
export type TokenReport = Static<typeof TokenReport>;

/** What one worker's agent used in all its life. */
export const WorkerTokens = Type.Object(
  {
    ...sums,
    agent_sessions: noted(list(text), 'The ids under which the agent itself keeps what was said.'),
  },
  { title: 'WorkerTokens' },
);
export type WorkerTokens = Static<typeof WorkerTokens>;
