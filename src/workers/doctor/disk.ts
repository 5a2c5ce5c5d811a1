import { existsSync } from 'node:fs';
import { rm, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AgentPoolError } from '../../lib/errors.ts';
import { storing } from '../../lib/files/private-files.ts';
import { bytes } from '../../lib/text/bytes.ts';
import { shell } from '../../lib/text/shell.ts';
import { broken, doubtful, type Finding, fine } from '../core/setup/finding.ts';

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
  const fixes = [shell`df -h ${folder}`, 'agentpool gc --older-than 30d --dry-run'];
  if (free < LEAST) return broken('disk', `only ${found}: appends will fail`, ...fixes);
  if (free < COMFORTABLE) return doubtful('disk', `only ${found}`, ...fixes);
  return fine('disk', found);
}

/** As much as some events take. */
const PROBE = Buffer.alloc(64 * 1024);

/**
 * A finding for each folder that cannot be written to now: free space is not all, a quota or a read-only disk stops
 * appends, too. Removes what it writes.
 */
export async function checkWritable(folders: readonly string[]): Promise<Finding[]> {
  const findings = await Promise.all(
    [...new Set(folders)].filter((folder) => existsSync(folder)).map(probed),
  );
  return findings.flat();
}

async function probed(folder: string): Promise<Finding[]> {
  const file = join(folder, `.agentpool-doctor-${process.pid}`);
  try {
    await storing(folder, () => writeFile(file, PROBE, { mode: 0o600, flag: 'wx' }));
    return [];
  } catch (error) {
    if (!(error instanceof AgentPoolError)) throw error;
    return [broken('disk', error.message, shell`df -h ${folder}`, shell`ls -ld ${folder}`)];
  } finally {
    await rm(file, { force: true });
  }
}

const nearest = (path: string): string => (existsSync(path) ? path : nearest(dirname(path)));
