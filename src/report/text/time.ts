import { span } from '../../lib/time/duration.ts';
/** 'just now', '4 min ago', 'in 2 h': the distance of a moment from now. */
export function relative(iso: string, now: Date): string {
  const ms = new Date(iso).getTime() - now.getTime();
  const distance = span(Math.abs(ms));
  if (Math.abs(ms) < 4500) return 'just now';
  return ms < 0 ? `${distance} ago` : `in ${distance}`;
}

/** The local time of a moment: 14:05:09, with the date unless it is today. */
export function local(iso: string, now: Date): string {
  const date = new Date(iso);
  const time = date.toLocaleTimeString('en-GB', { hour12: false });
  if (date.toDateString() === now.toDateString()) return time;
  return `${date.toLocaleDateString('en-CA')} ${time}`;
}

/** The local time of a moment without its date: 14:05:09. */
export const clock = (iso: string): string => new Date(iso).toLocaleTimeString('en-GB', { hour12: false });

/** The local date of a moment: 2026-03-04. */
export const day = (iso: string): string => new Date(iso).toLocaleDateString('en-CA');
