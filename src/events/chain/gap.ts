import { bytesOfBase64, hashIn } from './bytes.ts';

/**
 * Events that a part of a log leaves out, by their positions. `rows` holds 32 bytes for each of them, the hash of its row:
 * enough to compute the hash that the next event is chained to, and nothing of what it says. Events of a release before
 * 0.3 have no such hash: then that of the last of them is stated.
 */
export type Gap = { from: number; to: number } & ({ rows: Uint8Array } | { stated: Uint8Array });

/** A gap as JSON: `rows` in base64, `stated` in hex. */
export interface GapJson {
  from: number;
  to: number;
  rows?: string;
  stated?: string;
}

/** The gap that a value from elsewhere describes; null if it describes none. */
export function gapFrom(value: unknown): Gap | null {
  if (typeof value !== 'object' || value === null) return null;
  const { from, to, rows, stated } = value as Record<string, unknown>;
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to)) return null;
  const at = { from: Number(from), to: Number(to) };
  if (typeof rows === 'string') {
    const bytes = bytesOfBase64(rows);
    return bytes && { ...at, rows: bytes };
  }
  const hash = hashIn(stated);
  return hash && { ...at, stated: hash };
}
