import { readFileSync } from 'node:fs';
import { parseJson, record, text } from '../../agents/contract/limits/values.ts';
import { writePrivateFileSync } from '../../lib/files/atomic-file.ts';

/** When a provider wants to be asked again, per source: kept for other processes, which are as unwelcome until then. */
export interface RetryMemory {
  /** Why and until when a source is not asked; null if it may be. */
  pause(source: string, now: Date): Pause | null;
  keep(source: string, pause: Pause, now: Date): void;
}

export interface Pause {
  reason: string;
  /** ISO 8601. */
  until: string;
}

/** A mistaken header must not silence a source for good. */
const LONGEST_MS = 24 * 3_600_000;

interface Kept extends Pause {
  told_at: string;
}

/** A pause that was asked for after now is of another clock. */
function inForce({ until, told_at, reason }: Kept, now: Date): Pause | null {
  const [since, end] = [Date.parse(told_at), Date.parse(until)];
  const ends = Math.min(end, since + LONGEST_MS);
  return since <= now.getTime() && ends > now.getTime()
    ? { reason, until: new Date(ends).toISOString() }
    : null;
}

/**
 * The memory of one login in a private file. A file that cannot be written or read costs a question more. Written by
 * one process at a time: the one that holds the lock of the question.
 */
export function retryFile(file: string, login: string): RetryMemory {
  const key = (source: string) => `${source} ${login}`;
  return {
    pause(source, now) {
      const kept = readKept(file)[key(source)];
      return kept === undefined ? null : inForce(kept, now);
    },
    keep(source, { reason, until }, now) {
      const others = Object.entries(readKept(file)).filter(([, kept]) => inForce(kept, now) !== null);
      const all = {
        ...Object.fromEntries(others),
        [key(source)]: { reason, until, told_at: now.toISOString() },
      };
      try {
        writePrivateFileSync(file, JSON.stringify(all), { link: 'replace' });
      } catch {}
    },
  };
}

function readKept(file: string): Record<string, Kept> {
  let content = '';
  try {
    content = readFileSync(file, 'utf8');
  } catch {
    return {};
  }
  const entries = Object.entries(record(parseJson(content)) ?? {}).flatMap(([key, value]) => {
    const [reason, until, told_at] = ['reason', 'until', 'told_at'].map((name) =>
      text(record(value)?.[name]),
    );
    return reason && until && told_at ? [[key, { reason, until, told_at }] as const] : [];
  });
  return Object.fromEntries(entries);
}
