import type { Trusted } from '../../../events/verification/trusted.ts';

/** What a verification has not looked at, and why not. */
export function notVerified({ up_to, hash, verified_at }: Trusted): string {
  const why = verified_at === null ? 'as --since asks' : `found sound on ${verified_at}`;
  return `not verified now: the events up to position ${up_to} (${why}; the hash there is ${hash})`;
}
