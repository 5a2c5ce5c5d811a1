import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writePrivateFileSync } from '../lib/files/atomic-file.ts';

/** What was last known of another machine, or of this one. */
export interface KnownMachine {
  machine_id: string;
  name: string;
  version: string;
  /** The end of its log in the database. */
  position: number;
  /** How long ago it was there when the database was asked, by the database's clock, in milliseconds. */
  seen_ms_ago: number;
  /** How far its clock is ahead of the database's, in milliseconds. */
  clock_ahead_ms: number;
  has_left: boolean;
  /** Why its log cannot be added to here; null if it can. */
  fault: string | null;
}

/** How the link to the database is. */
export interface LinkState {
  /** `stopped`: it cannot go on by itself. */
  state: 'connected' | 'waiting' | 'stopped';
  /** ISO 8601, by the clock of this machine. */
  since: string;
  /** Whether the database reports new events; else it is asked again and again. */
  listens: boolean;
  error: { code: string; message: string } | null;
}

/** What the watcher last knew of the fleet. Only for showing: nothing is decided from it. */
export interface FleetState {
  /** When the database was asked, by the clock of this machine. ISO 8601. */
  asked_at: string;
  machines: KnownMachine[];
  link: LinkState;
}

const file = (folder: string): string => join(folder, 'state.json');

/** Fails where the folder is gone, which `fleet leave` removes while the link may still run. */
export function writeState(folder: string, state: FleetState): void {
  writePrivateFileSync(file(folder), JSON.stringify(state), { link: 'replace' });
}

/** Null if nothing is known. */
export function readState(folder: string): FleetState | null {
  try {
    return JSON.parse(readFileSync(file(folder), 'utf8')) as FleetState;
  } catch {
    return null;
  }
}

/** How long ago a machine was there, in milliseconds. `now` is the time of this machine, and so is `askedAt`. */
export function seenMsAgo(
  { seen_ms_ago }: Pick<KnownMachine, 'seen_ms_ago'>,
  askedAt: string | null,
  now: Date,
): number {
  // A clock that was set back must not show a machine in the future.
  const sinceAsked = Math.max(0, now.getTime() - Date.parse(askedAt ?? '') || 0);
  return sinceAsked + Math.round(seen_ms_ago);
}
