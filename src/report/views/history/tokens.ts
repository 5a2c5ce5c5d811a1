interface Counts {
  input: number | null;
  cache_read: number | null;
  output: number | null;
  usd: number | null;
}

/** Formats as `1.2M in (1.1M from the cache), 48k out, $3.10 at list prices`. */
export function tokensInWords({ input, cache_read, output, usd }: Counts): string {
  const cached = cache_read ? ` (${shortCount(cache_read)} from the cache)` : '';
  const price = usd === null ? 'without a list price' : `$${usd.toFixed(2)} at list prices`;
  return `${shortCount(input ?? 0)} in${cached}, ${shortCount(output ?? 0)} out, ${price}`;
}

/** Formats as `812`, `4.2k` or `31M`. */
export function shortCount(count: number): string {
  if (count < 1000) return String(count);
  const [unit, by] = count < 1e6 ? ['k', 1e3] : count < 1e9 ? ['M', 1e6] : ['G', 1e9];
  const value = count / (by as number);
  return `${value < 10 ? value.toFixed(1) : Math.round(value)}${unit}`;
}
