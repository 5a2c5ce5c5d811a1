import { counted } from '../../../lib/text/counted.ts';
import { NONE, plus, type Tokens } from '../../../usage/tokens/sums.ts';
import type { Quality, Stats, TokenFigures } from './shape.ts';

/** What the workers of a window used. */
export interface WorkerTokens {
  by_provider: ReadonlyMap<string, Tokens>;
  /** Why not everything that agents wrote is in it: there was no time to read it, or it can not be read. */
  missing: 'time' | 'access' | null;
}

export function tokenSection(
  { by_provider }: WorkerTokens,
  providers: readonly string[],
): Required<Stats>['tokens'] {
  const known = [...by_provider].sort(([a], [b]) => a.localeCompare(b));
  const totals = known.map(([, tokens]) => tokens).reduce(plus, NONE);
  return {
    totals: known.length === 0 ? UNKNOWN : figures(totals),
    by_provider: Object.fromEntries(known.map(([id, tokens]) => [id, figures(tokens)])),
    providers_without_token_data: providers.filter((id) => !by_provider.has(id)),
  };
}

/** What the figures of the section lack. @param worked the providers that had a worker in the window */
export function tokenQuality({ by_provider, missing }: WorkerTokens, worked: readonly string[]): Quality[] {
  const silent = worked.filter((id) => !by_provider.has(id));
  const unpriced = [...by_provider].filter(([, { unpriced_answers }]) => unpriced_answers > 0);
  const found: Quality[] = [];
  if (missing !== null)
    found.push({ code: 'tokens_incomplete', impact: 'tokens', note: MISSING[missing], providers: [] });
  if (silent.length > 0)
    found.push({
      code: 'no_token_data',
      impact: 'tokens',
      note: `No tokens are known of the workers of ${silent.length === worked.length ? 'any provider' : counted(silent.length, 'provider')}.`,
      providers: silent,
    });
  if (unpriced.length > 0)
    found.push({
      code: 'unpriced_tokens',
      impact: 'tokens.totals.usd',
      note: `${unpriced.reduce((sum, [, tokens]) => sum + tokens.unpriced_answers, 0)} answers are of models without a list price, and not in the price.`,
      providers: unpriced.map(([id]) => id),
    });
  return found;
}

const MISSING = {
  time: 'The logs of tokens are not read to their end yet. Read the rest with: agentpool tokens',
  access: 'Not all logs of tokens can be read. Which ones: agentpool tokens --json',
};

const figures = ({ input, cache_read, output, usd }: Tokens): TokenFigures => ({
  input,
  cache_read,
  output,
  usd: usd === null ? null : Number(usd.toFixed(4)),
});

const UNKNOWN: TokenFigures = { input: null, cache_read: null, output: null, usd: null };
