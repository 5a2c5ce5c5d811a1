import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownerBesideRoot } from '../config/home-owner.ts';
import type { Paths } from '../config/paths.ts';
import { type ChildSpec, type Finished, runToEnd } from '../lib/process/child.ts';
import { type Detected, type DetectOptions, detectAll } from './contract/locate.ts';
import { type CachedDetection, type DetectionPlace, detectedSince, keep, recall } from './last-detected.ts';
import { targetsOf } from './registry.ts';

/**
 * Looks for every agent. A program that has not changed since is not started again for its version: agents load a whole
 * runtime for that. The sign-in is always checked. The result is kept for `lastDetected`.
 */
export async function detectAgents(place: DetectionPlace): Promise<Detected[]> {
  const { home } = place.paths;
  if (!existsSync(home) || ownerBesideRoot(home)) return detectInPassing(place);
  const before = recall(place.paths);
  const versions: CachedDetection['versions'] = {};
  const run = async (spec: ChildSpec, signal: AbortSignal): Promise<Finished> => {
    const key = versionKey(spec);
    const known = key === null ? undefined : before?.versions[key];
    const finished = known ?? (await runToEnd(spec, signal));
    if (key !== null && finished.code === 0) versions[key] = finished;
    return finished;
  };
  const detected = await detectAll(await targetsOf(place.config), {
    ...detectOptions(place, madeProbeFolder(place.paths)),
    run,
  });
  keep(place, { detected, versions });
  return detected;
}

/** Without a home of one's own there is nothing to keep anything in, and looking makes none. */
async function detectInPassing(place: DetectionPlace): Promise<Detected[]> {
  const made = temporaryFolder();
  try {
    return await detectAll(await targetsOf(place.config), detectOptions(place, made ?? '/'));
  } finally {
    if (made) rmSync(made, { recursive: true, force: true });
  }
}

/** Null where none can be made: TMPDIR is missing, or not writable. */
function temporaryFolder(): string | null {
  try {
    return mkdtempSync(join(tmpdir(), 'agentpool-probe-'));
  } catch {
    return null;
  }
}

/** Where agents are looked for, for this environment and config. */
export const detectOptions = (
  { config, paths, env, max_wait_ms }: DetectionPlace,
  workdir = probeFolder(paths),
): DetectOptions => ({
  env,
  home: env.HOME || homedir(),
  workdir,
  now: () => new Date(),
  execPath: process.execPath,
  configured: config.providers,
  ...(max_wait_ms === undefined ? {} : { timeout_ms: max_wait_ms }),
});

/** A folder of no project, always the same: agents keep notes on every folder that they are started in. */
export const probeFolder = ({ home }: Pick<Paths, 'home'>): string => join(home, 'probe');

/** Of a home that cannot be written. */
let passing: string | null = null;

/**
 * Makes that folder, for a caller that is about to start an agent there. In a home that cannot be written it is one
 * that is removed when this process ends.
 */
export function madeProbeFolder(paths: Pick<Paths, 'home'>): string {
  try {
    const folder = probeFolder(paths);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return folder;
  } catch {
    passing ??= removedAtTheEnd(mkdtempSync(join(tmpdir(), 'agentpool-probe-')));
    return passing;
  }
}

function removedAtTheEnd(folder: string): string {
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** What was found at most `age_ms` ago, or else what is found now. */
export const detectedLately = async (place: DetectionPlace, age_ms: number): Promise<Detected[]> =>
  detectedSince(place, age_ms) ?? detectAgents(place);

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
