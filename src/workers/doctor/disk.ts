import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { bytes } from '../../lib/text/bytes.ts';
import { shell } from '../../lib/text/shell.ts';
import { broken, doubtful, type Finding, fine } from '../core/finding.ts';

const MIB = 1024 ** 2;
/** A full disk stops every append; a worker's transcript and worktree can take gigabytes. */
const LEAST = 100 * MIB;
const COMFORTABLE = 1024 * MIB;

/** Checks the free space where the AGENTPOOL_HOME is, or will be. */
export async function checkDisk(home: string): Promise<Finding> {
  const folder = nearest(home);
  const { bavail, bsize } = await statfs(folder);
  return checkSpace(bavail * bsize, folder);
}

/** Checks a number of free bytes. Pure. */
export function checkSpace(free: number, folder: string): Finding {
  const found = `${bytes(free)} free at ${folder}`;
  const fix = shell`df -h ${folder}`;
  if (free < LEAST) return broken('disk', `only ${found}: appends will fail`, fix);
  if (free < COMFORTABLE) return doubtful('disk', `only ${found}`, fix);
  return fine('disk', found);
}

const nearest = (path: string): string => (existsSync(path) ? path : nearest(dirname(path)));
