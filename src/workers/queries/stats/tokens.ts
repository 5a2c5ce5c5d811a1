import { counted } from '../../../lib/text/counted.ts';
import { NONE, plus, type Tokens } from '../../../usage/tokens/sums.ts';
import type { Quality, Stats, TokenFigures } from './shape.ts';

/** The tokens that the workers of a window used. */
export interface TokensUsed {
  by_provider: ReadonlyMap<string, Tokens>;
  /** Why it is incomplete: there was no time to read all logs, or some cannot be read. */
  missing: 'time' | 'access' | null;
}

export function tokenSection(
  { by_provider }: TokensUsed,
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

/** What the token figures lack. @param worked the providers that had a worker in the window */
export function tokenQuality({ by_provider, missing }: TokensUsed, worked: readonly string[]): Quality[] {
  const silent = worked.filter((id) => !by_provider.has(id));
  const unpriced = [...by_provider].filter(([, { unpriced_answers }]) => unpriced_answers > 0);
  const found: Quality[] = [];
  if (missing !== null)
    found.push({ code: 'tokens_incomplete', impact: 'tokens', note: MISSING[missing], providers: [] });
  if (silent.length > 0)
    found.push({
      code: 'no_token_data',
      impact: 'tokens',
      note: `No tokens are known for the workers of ${silent.length === worked.length ? 'any provider' : counted(silent.length, 'provider')}.`,
      providers: silent,
    });
  if (unpriced.length > 0)
    found.push({
      code: 'unpriced_tokens',
      impact: 'tokens.totals.usd',
      note: `${unpriced.reduce((sum, [, tokens]) => sum + tokens.unpriced_answers, 0)} answers are of models without a list price and are not in the price.`,
      providers: unpriced.map(([id]) => id),
    });
  return found;
}

const MISSING = {
  time: 'The token logs have not been read completely. Read the rest with: agentpool tokens',
  access: 'Some token logs cannot be read. List them with: agentpool tokens --json',
};

const figures = ({ input, cache_read, output, usd }: Tokens): TokenFigures => ({
  input,
  cache_read,
  output,
  usd: usd === null ? null : Number(usd.toFixed(4)),
});

const UNKNOWN: TokenFigures = { input: null, cache_read: null, output: null, usd: null };
