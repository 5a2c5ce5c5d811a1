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
  if (date.toDateString() === now.toDateString()) return timeOf(date);
  return `${dateOf(date)} ${timeOf(date)}`;
}

/** The local time of a moment without its date: 14:05:09. */
export const clock = (iso: string): string => timeOf(new Date(iso));

/** The local date of a moment: 2026-03-04. */
export const day = (iso: string): string => dateOf(new Date(iso));

/** Both, for a line of a long list: reading a moment takes longer than writing it. */
export function dayAndClock(iso: string): { day: string; clock: string } {
  const date = new Date(iso);
  return { day: dateOf(date), clock: timeOf(date) };
}

// From the parts: `toLocaleTimeString` makes a format for every call, which takes a tenth of a millisecond.
const timeOf = (date: Date): string =>
  isValid(date) ? [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':') : `${date}`;

const dateOf = (date: Date): string =>
  isValid(date)
    ? [String(date.getFullYear()).padStart(4, '0'), two(date.getMonth() + 1), two(date.getDate())].join('-')
    : `${date}`;

const isValid = (date: Date): boolean => !Number.isNaN(date.getTime());
const two = (part: number): string => String(part).padStart(2, '0');
