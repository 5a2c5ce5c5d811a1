/** What is used of a limit, in percent with two decimals: more than 100 for a limit that was exceeded. Null without a limit. */
export function shareUsed(used: number | null, limit: number | null): number | null {
  if (used === null || limit === null || limit <= 0 || used < 0) return null;
  return rounded((used / limit) * 100);
}

/** The percentage that is left of a fraction up to 1, nothing where it is negative; null for anything else. */
export const fractionLeft = (fraction: number | null): number | null =>
  fraction === null || fraction > 1 ? null : rounded(Math.max(0, fraction) * 100);

const rounded = (value: number): number => Math.round(value * 100) / 100;
