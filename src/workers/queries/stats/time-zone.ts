import { realpathSync } from 'node:fs';
import type { Env } from '../../../config/paths.ts';

/**
 * The name of the reader's time zone. Intl knows it too, but first loads its tables, which takes as long as the whole
 * query.
 */
export function timeZoneName(env: Env, now: Date): string {
  if (env.TZ) return env.TZ.replace(/^:/, '');
  try {
    const [, name] = /zoneinfo\/(?:posix\/|right\/)?(.+)$/.exec(realpathSync('/etc/localtime')) ?? [];
    if (name) return name;
  } catch {
    // Not every system has that link.
  }
  return offset(-now.getTimezoneOffset());
}

/** UTC, UTC+02:00, UTC-03:30. */
function offset(minutes: number): string {
  if (minutes === 0) return 'UTC';
  const two = (count: number) => String(Math.floor(count)).padStart(2, '0');
  return `UTC${minutes < 0 ? '-' : '+'}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`;
}
