import { AgentPoolError } from '../../lib/errors.ts';
import { didYouMean } from '../../lib/suggest.ts';

/** How much of a worker's own words is shown. */
export const details = ['summary', 'excerpt', 'full'] as const;
export type Detail = (typeof details)[number];

/** Parses the name of a detail. @throws INVALID_DETAIL, which names the three. */
export function parseDetail(word: string): Detail {
  const found = details.find((detail) => detail === word);
  if (found) return found;
  throw new AgentPoolError(
    'INVALID_DETAIL',
    `There is no detail ${word}; it is one of ${details.join(', ')}.${didYouMean(word, details)}`,
    { detail: word, allowed: [...details], example: 'agentpool observe @last --detail excerpt' },
  );
}
