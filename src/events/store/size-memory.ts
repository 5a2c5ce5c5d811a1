import { readFileSync } from 'node:fs';
import { writePrivateFileSync } from '../../lib/files/atomic-file.ts';
import { hashAt, type Rows } from './log-queries.ts';
import type { LogSize } from './log-size.ts';

/** Raised when `LogSize` changes its meaning: what an older version has kept is counted again. */
const VERSION = 1;

/** The count that the file holds, if it is one of this log; else null. */
export function rememberedSize(rows: Rows, file: string): LogSize | null {
  try {
    const kept = JSON.parse(readFileSync(file, 'utf8')) as Partial<LogSize> & { version?: number };
    if (kept.version !== VERSION || !isSize(kept)) return null;
    return hashAt(rows, kept.position)?.toString('hex') === kept.hash ? kept : null;
  } catch {
    return null;
  }
}

/** A home that cannot be written costs the next count, and nothing else. */
export function rememberSize(file: string, size: LogSize): void {
  try {
    writePrivateFileSync(file, JSON.stringify({ version: VERSION, ...size }), { link: 'replace' });
  } catch {}
}

const isSize = (kept: Partial<LogSize>): kept is LogSize =>
  Number.isSafeInteger(kept.position) &&
  typeof kept.hash === 'string' &&
  Array.isArray(kept.types) &&
  kept.types.every(({ type, events, bytes }) => typeof type === 'string' && areCounts(events, bytes)) &&
  typeof kept.streams === 'object' &&
  areCounts(kept.streams.total, kept.streams.workers, kept.streams.leases);

const areCounts = (...values: unknown[]): boolean => values.every((value) => Number.isSafeInteger(value));
