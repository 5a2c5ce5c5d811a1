import { lstatSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** A user, by number and, where the system lists it, by name. */
export interface Owner {
  uid: number;
  name: string;
}

/**
 * The user to whom a path belongs, or the nearest folder above it that exists, if that is not the user of this process;
 * null if it is, or the system has no such users.
 */
export function otherOwner(path: string): Owner | null {
  const own = process.geteuid?.();
  if (own === undefined) return null;
  const uid = uidOf(path);
  return uid === null || uid === own ? null : { uid, name: nameOf(uid) };
}

function uidOf(path: string): number | null {
  for (let at = path; ; at = dirname(at)) {
    try {
      const stats = statSync(at, { throwIfNoEntry: false }) ?? lstatSync(at, { throwIfNoEntry: false });
      if (stats) return stats.uid;
    } catch {
      // A folder that cannot be entered, or a file in the place of one: the next one above says whose it is.
    }
    if (at === dirname(at)) return null;
  }
}

/** A user's name, or the number where none is listed: network users are not. */
export function nameOf(uid: number): string {
  if (uid === 0) return 'root';
  try {
    const line = new RegExp(`^([^:]+):[^:]*:${uid}:`, 'm').exec(readFileSync('/etc/passwd', 'utf8'));
    return line?.[1] ?? `user ${uid}`;
  } catch {
    return `user ${uid}`;
  }
}

/** For a message: whose a path is, where it is not this user's; empty otherwise. */
export function belongsTo(path: string): string {
  const owner = otherOwner(path);
  return owner ? `; it belongs to ${owner.name}` : '';
}
