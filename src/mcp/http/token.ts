import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writePrivateFile } from '../../lib/files/atomic-file.ts';

const BYTES = 32;
const FORM = /^[\w-]{43}$/;
const OTHERS = 0o077;

export const tokenFile = (home: string): string => join(home, 'mcp-token');

/**
 * The secret of every HTTP server of a home: the kept one, or a new one where there is none, where `renew` asks for it,
 * or where the kept one could be read by others.
 */
export async function bearerToken(
  home: string,
  { renew }: { renew: boolean },
): Promise<{ token: string; made: boolean }> {
  const file = tokenFile(home);
  const kept = renew ? null : await storedToken(file);
  if (kept !== null) return { token: kept, made: false };
  const token = randomBytes(BYTES).toString('base64url');
  await writePrivateFile(file, `${token}\n`);
  return { token, made: true };
}

/** What stands in the file now, so that a renewal holds for servers that run already; null shuts everybody out. */
export async function storedToken(file: string): Promise<string | null> {
  try {
    const entry = await lstat(file);
    if (!entry.isFile() || entry.mode & OTHERS) return null;
    const token = (await readFile(file, 'utf8')).trim();
    return FORM.test(token) ? token : null;
  } catch {
    return null;
  }
}

/** Whether an Authorization header carries the token, in a time that tells nothing of it. */
export function carries(authorization: string | undefined, token: string): boolean {
  const [, sent] = /^Bearer +([\w-]+)$/i.exec(authorization ?? '') ?? [];
  return timingSafeEqual(digest(sent ?? ''), digest(token));
}

/** Of one length, whatever was sent: timingSafeEqual takes nothing else. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
