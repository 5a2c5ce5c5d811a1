/** 'just now', '4 min ago', 'in 2 h': how far a moment is from now. */
export function relative(iso: string, now: Date): string {
  const seconds = Math.round((new Date(iso).getTime() - now.getTime()) / 1000);
  const distance = span(Math.abs(seconds));
  if (Math.abs(seconds) < 5) return 'just now';
  return seconds < 0 ? `${distance} ago` : `in ${distance}`;
}

/** 42 s, 7 min, 3 h, 2 d. */
export function span(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  if (seconds < 36 * 3600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}

/** The moment by the clock on the wall: 14:05:09, or with its day when that is not today. */
export function local(iso: string, now: Date): string {
  const date = new Date(iso);
  const time = date.toLocaleTimeString('en-GB', { hour12: false });
  if (date.toDateString() === now.toDateString()) return time;
  return `${date.toLocaleDateString('en-CA')} ${time}`;
}

/** 14:05:09 by the clock on the wall, whatever day it is. */
export const clock = (iso: string): string => new Date(iso).toLocaleTimeString('en-GB', { hour12: false });

/** 2026-03-04, the day of a moment where the reader is. */
export const day = (iso: string): string => new Date(iso).toLocaleDateString('en-CA');
