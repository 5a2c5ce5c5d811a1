import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { writePrivateFile } from '../config/files.ts';
import type { Env, Paths } from '../config/paths.ts';
import type { Config } from '../config/schema.ts';
import { type ChildSpec, type Finished, runToEnd } from './child.ts';
import { descriptorsOf } from './descriptors.ts';
import { type Detected, type DetectOptions, detectAll } from './detect.ts';

export interface DetectionPlace {
  config: Config;
  paths: Paths;
  env: Env;
}

interface Kept {
  /** Names the PATH and the config that the agents were looked for with. */
  by: string;
  detected: Detected[];
  /** What programs printed of their version, by the program's file and words. */
  versions: Record<string, Finished>;
}

/**
 * Looks for every agent. A program that has not changed since is not started again for its version: agents load a whole
 * runtime for that. Whether somebody is signed in is always asked. What was found is kept for `lastDetected`.
 */
export async function detectAgents(place: DetectionPlace): Promise<Detected[]> {
  if (!existsSync(place.paths.home)) return detectInPassing(place);
  const before = recall(place.paths);
  const versions: Kept['versions'] = {};
  const run = async (spec: ChildSpec, signal: AbortSignal): Promise<Finished> => {
    const key = versionKey(spec);
    const known = key === null ? undefined : before?.versions[key];
    const finished = known ?? (await runToEnd(spec, signal));
    if (key !== null && finished.code === 0) versions[key] = finished;
    return finished;
  };
  const detected = await detectAll(descriptorsOf(place.config), { ...detectOptions(place), run });
  keep(place.paths, { by: fingerprint(place), detected, versions });
  return detected;
}

/** Without a home there is nothing to keep anything in, and looking makes none. */
async function detectInPassing(place: DetectionPlace): Promise<Detected[]> {
  const workdir = mkdtempSync(join(tmpdir(), 'agentpool-probe-'));
  try {
    return await detectAll(descriptorsOf(place.config), detectOptions(place, workdir));
  } finally {
    rmSync(workdir, { recursive: true, force: true });
  }
}

/** Where agents are looked for, for this environment and config. */
export const detectOptions = (
  { config, paths, env }: DetectionPlace,
  workdir = probeFolder(paths),
): DetectOptions => ({
  env,
  home: env.HOME || homedir(),
  workdir,
  now: () => new Date(),
  execPath: process.execPath,
  configured: config.providers,
});

/** A folder of no project, always the same: agents keep notes on every folder that they are started in. */
export function probeFolder({ home }: Pick<Paths, 'home'>): string {
  const folder = join(home, 'probe');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

/** What was found at most `age_ms` ago, or else what is found now. */
export async function detectedLately(place: DetectionPlace, age_ms: number): Promise<Detected[]> {
  const kept = lastDetected(place);
  const since = new Date(Date.now() - age_ms).toISOString();
  const known = descriptorsOf(place.config).every(({ id }) =>
    kept.some((found) => found.id === id && found.auth.checked_at >= since),
  );
  return known ? kept : detectAgents(place);
}

/** What the last look at this machine found, however long ago; without those whose program is gone since. */
export function lastDetected(place: DetectionPlace): Detected[] {
  const kept = recall(place.paths);
  if (kept?.by !== fingerprint(place)) return [];
  return kept.detected.filter(({ binary_path }) => binary_path === null || existsSync(binary_path));
}

const fingerprint = ({ config, env }: DetectionPlace): string =>
  createHash('sha256')
    .update(JSON.stringify([env.PATH, env.HOME, config.providers, config.custom_providers]))
    .digest('hex');

const file = ({ run }: Pick<Paths, 'run'>) => join(run, 'detected.json');

function recall(paths: Pick<Paths, 'run'>): Kept | null {
  try {
    return JSON.parse(readFileSync(file(paths), 'utf8')) as Kept;
  } catch {
    return null;
  }
}

/** A home that can not be written costs the next command time, and nothing else. */
function keep(paths: Pick<Paths, 'run'>, kept: Kept): void {
  try {
    writePrivateFile(file(paths), JSON.stringify(kept));
  } catch {}
}

/** Names one state of a program's file; null for any other question than its version. */
function versionKey({ command, args }: ChildSpec): string | null {
  if (args.at(-1) !== '--version') return null;
  try {
    // Not the time of the last change alone: what npm unpacks is always of 1985.
    const { ino, size, ctimeMs } = statSync(command);
    return JSON.stringify([command, args, ino, size, ctimeMs]);
  } catch {
    return null;
  }
}
