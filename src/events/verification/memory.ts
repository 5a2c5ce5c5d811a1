import { readFileSync } from 'node:fs';
import { writePrivateFileSync } from '../../lib/files/atomic-file.ts';

/** Files in `run/`: what was verified as a whole, and what only the hash chain of which was. */
export const VERIFIED = 'verified.json';
export const VERIFIED_CHAIN = 'verified-chain.json';

/** The end of a log that was verified as a whole, and found sound. */
export interface VerifiedEnd {
  position: number;
  /** Of the event there, in hex. */
  hash: string;
  /** When it was verified; ISO 8601. */
  at: string;
}

/** What the last whole verification found sound; null if none is remembered. Not what the log holds: compare the hash. */
export function rememberedVerification(file: string): VerifiedEnd | null {
  try {
    const { position, hash, at } = JSON.parse(readFileSync(file, 'utf8')) as Partial<VerifiedEnd>;
    const isSound =
      Number.isSafeInteger(position) && Number(position) > 0 && /^[0-9a-f]{64}$/.test(String(hash));
    if (!isSound || typeof at !== 'string' || Number.isNaN(Date.parse(at))) return null;
    return { position: Number(position), hash: String(hash), at: new Date(at).toISOString() };
  } catch {
    return null;
  }
}

/** A home that cannot be written remembers nothing. */
export function rememberVerification(file: string, sound: VerifiedEnd): void {
  try {
    writePrivateFileSync(file, JSON.stringify(sound), { link: 'replace' });
  } catch {}
}
