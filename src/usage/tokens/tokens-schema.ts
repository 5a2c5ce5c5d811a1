import Type, { type Static } from 'typebox';
import { count, flag, instant, list, noted, nullable, oneOf, text } from '../../lib/shapes.ts';

const sums = {
  answers: count,
  input: noted(count, 'All input, including what was read from a cache and written to one.'),
  cache_read: count,
  cache_write: count,
  output: count,
  usd: noted(
    nullable(Type.Number()),
    'At list prices, in US dollars; a subscription does not bill them. Null if no answer has a price.',
  ),
  unpriced_answers: noted(count, 'Answers of models without a price; `usd` does not include them.'),
};

export const Tokens = Type.Object(sums, { title: 'Tokens' });
export type Tokens = Static<typeof Tokens>;

export const TokenRow = Type.Object(
  {
    ...sums,
    provider_id: text,
    group: noted(nullable(text), 'The day, model, project or session; null if the log does not say.'),
    partial: Type.Optional(noted(flag, 'True for a day that the window covers only in part; else absent.')),
  },
  { title: 'TokenRow' },
);
export type TokenRow = Static<typeof TokenRow>;

const UnreadableLog = Type.Object({ path: text, reason: text }, { title: 'UnreadableLog' });

export const TokenReport = Type.Object(
  {
    by: oneOf(['day', 'model', 'project', 'session']),
    start: instant,
    end: noted(instant, 'The end is exclusive.'),
    rows: list(TokenRow),
    totals: Tokens,
    unpriced_models: list(text),
    unreadable_logs: list(UnreadableLog),
    worker: noted(
      nullable(Type.Object({ id: text, agent_sessions: list(text) })),
      "The worker that was requested, and its agent's own sessions; null if none was.",
    ),
  },
  { description: 'The tokens that agents recorded on this disk.' },
);
export type TokenReport = Static<typeof TokenReport>;

/** The tokens of one worker's agent from its start to its end. */
export const WorkerTokens = Type.Object(
  {
    ...sums,
    agent_sessions: noted(list(text), 'The ids under which the agent itself stores the conversation.'),
  },
  { title: 'WorkerTokens' },
);
export type WorkerTokens = Static<typeof WorkerTokens>;
