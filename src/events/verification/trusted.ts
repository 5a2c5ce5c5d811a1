import Type, { type Static } from 'typebox';
import { count, instant, noted, nullable, text } from '../../lib/shapes.ts';
import { hashAt, type Rows } from '../store/log-queries.ts';
import type { VerifiedEnd } from './memory.ts';

/** The beginning of a log that a verification takes as it is. */
export const Trusted = Type.Object({
  up_to: count,
  hash: noted(text, 'Of the event there, in hex.'),
  verified_at: noted(
    nullable(instant),
    'When a whole verification found them sound; null if a position was given.',
  ),
});
export type Trusted = Static<typeof Trusted>;

/** The longest beginning of this log that a verification is remembered of; null if there is none. */
export function trustedPart(rows: Rows, remembered: readonly (VerifiedEnd | null)[]): Trusted | null {
  const longest = remembered
    .filter((each) => each !== null)
    .filter(({ position, hash }) => hashAt(rows, position)?.toString('hex') === hash)
    .reduce<VerifiedEnd | null>((most, each) => (most && most.position >= each.position ? most : each), null);
  return longest && { up_to: longest.position, hash: longest.hash, verified_at: longest.at };
}
