import type { Tokens } from './tokens-schema.ts';

export type { Tokens };

/** The columns of `Tokens` over rows of the index. */
export const SUMS = `count(*) AS answers, coalesce(sum(input), 0) AS input, coalesce(sum(cache_read), 0) AS cache_read,
  coalesce(sum(cache_write), 0) AS cache_write, coalesce(sum(output), 0) AS output, sum(usd) AS usd,
  count(*) FILTER (WHERE usd IS NULL) AS unpriced_answers`;

export const NONE: Tokens = {
  answers: 0,
  input: 0,
  cache_read: 0,
  cache_write: 0,
  output: 0,
  usd: null,
  unpriced_answers: 0,
};

export const plus = (a: Tokens, b: Tokens): Tokens => ({
  answers: a.answers + b.answers,
  input: a.input + b.input,
  cache_read: a.cache_read + b.cache_read,
  cache_write: a.cache_write + b.cache_write,
  output: a.output + b.output,
  usd: a.usd === null && b.usd === null ? null : (a.usd ?? 0) + (b.usd ?? 0),
  unpriced_answers: a.unpriced_answers + b.unpriced_answers,
});
