const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** About how long, in one unit: `42 s`, `7 min`, `3 h`, `2 d`. Takes milliseconds. */
export function span(ms: number): string {
  if (ms < 90 * SECOND) return `${Math.round(ms / SECOND)} s`;
  if (ms < 90 * MINUTE) return `${Math.round(ms / MINUTE)} min`;
  if (ms < 36 * HOUR) return `${Math.round(ms / HOUR)} h`;
  return `${Math.round(ms / DAY)} d`;
}

/** How long, as exactly as a person reads it: `300 ms`, `42.1 s`, `7 min 12 s`, `3 h 5 min`. Takes milliseconds. */
export function exactSpan(ms: number): string {
  if (ms < SECOND) return `${ms} ms`;
  if (ms < 90 * SECOND) return `${(ms / SECOND).toFixed(1)} s`;
  const seconds = Math.round(ms / SECOND);
  if (seconds < 90 * 60) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

/** For a narrow column, in two units at most: `45s`, `12m`, `2h5m`, `3d4h`. Takes milliseconds; less than 0 is 0. */
export function shortSpan(ms: number): string {
  const left = Math.max(0, ms);
  const [days, hours, minutes] = [left / DAY, (left % DAY) / HOUR, (left % HOUR) / MINUTE].map(Math.floor);
  const two = (big: number, unit: string, small = 0, smaller = '') =>
    `${big}${unit}${small > 0 ? `${small}${smaller}` : ''}`;
  if (days) return two(days, 'd', hours, 'h');
  if (hours) return two(hours, 'h', minutes, 'm');
  return minutes ? `${minutes}m` : `${Math.floor(left / SECOND)}s`;
}

const UNITS: Record<string, number> = { s: SECOND, m: MINUTE, h: HOUR, d: DAY };

/** What `90m` or `12h` means, in milliseconds; null for anything else. */
export function readDuration(words: string): number | null {
  const [, number, unit] = /^([1-9]\d{0,5})([smhd])$/.exec(words.trim()) ?? [];
  return number === undefined ? null : Number(number) * (UNITS[unit ?? ''] ?? 0);
}
