import { span } from '../../lib/time/duration.ts';
/** 'just now', '4 min ago', 'in 2 h': how far a moment is from now. */
export function relative(iso: string, now: Date): string {
  const ms = new Date(iso).getTime() - now.getTime();
  const distance = span(Math.abs(ms));
  if (Math.abs(ms) < 4500) return 'just now';
  return ms < 0 ? `${distance} ago` : `in ${distance}`;
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
