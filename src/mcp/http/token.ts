import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writePrivateFile } from '../../lib/files/atomic-file.ts';

const BYTES = 32;
const FORMAT = /^[\w-]{43}$/;
const OTHERS_MASK = 0o077;

export const tokenFile = (home: string): string => join(home, 'mcp-token');

/**
 * The bearer token of all HTTP servers of an AGENTPOOL_HOME: the stored one, or a new one when there is none, when
 * `renew` is set, or when others could read the stored one.
 */
export async function bearerToken(
  home: string,
  { renew }: { renew: boolean },
): Promise<{ token: string; created: boolean }> {
  const file = tokenFile(home);
  const stored = renew ? null : await storedToken(file);
  if (stored !== null) return { token: stored, created: false };
  const token = randomBytes(BYTES).toString('base64url');
  await writePrivateFile(file, `${token}\n`);
  return { token, created: true };
}

/** The token in the file now, so that a renewal applies to running servers; null refuses every request. */
export async function storedToken(file: string): Promise<string | null> {
  try {
    const entry = await lstat(file);
    if (!entry.isFile() || entry.mode & OTHERS_MASK) return null;
    const token = (await readFile(file, 'utf8')).trim();
    return FORMAT.test(token) ? token : null;
  } catch {
    return null;
  }
}

/** Whether an Authorization header carries the token. Takes constant time, which reveals nothing of the token. */
export function hasToken(authorization: string | undefined, token: string): boolean {
  const [, sent] = /^Bearer +([\w-]+)$/i.exec(authorization ?? '') ?? [];
  return timingSafeEqual(digest(sent ?? ''), digest(token));
}

/** timingSafeEqual requires equal lengths. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
