import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { accountKeys } from '../config/accounts.ts';
import type { Env, Paths } from '../config/paths.ts';
import type { Config } from '../config/schema.ts';
import { writePrivateFileSync } from '../lib/files/atomic-file.ts';
import type { Finished } from '../lib/process/child.ts';
import type { Detected } from './contract/locate.ts';

export interface DetectionPlace {
  config: Config;
  paths: Paths;
  env: Env;
  /** How long each agent may take to say its version and its sign-in; a second where left out. */
  max_wait_ms?: number;
}

/** What a look at this machine leaves for the next command. */
export interface CachedDetection {
  detected: Detected[];
  /** What programs printed of their version, by the program's file and words. */
  versions: Record<string, Finished>;
}

/** What the last look at this machine found, however long ago; without those whose program is gone since. */
export function lastDetected(place: DetectionPlace): Detected[] {
  const kept = recall(place.paths);
  if (kept?.by !== fingerprint(place)) return [];
  return kept.detected.filter(({ binary_path }) => binary_path === null || existsSync(binary_path));
}

/** The same where all of it is at most `age_ms` old; null where a new look is needed. */
export function detectedSince(place: DetectionPlace, age_ms: number): Detected[] | null {
  const kept = lastDetected(place);
  const now = Date.now();
  // One from the future was made before the clock was set back: its age is unknown.
  const isRecent = (id: string): boolean =>
    kept.some(({ id: found, auth }) => {
      const age = now - Date.parse(auth.checked_at);
      return found === id && age >= 0 && age <= age_ms;
    });
  return accountKeys(place.config).every(isRecent) ? kept : null;
}

/** Names the PATH and the config that agents are looked for with. */
const fingerprint = ({ config, env }: DetectionPlace): string =>
  createHash('sha256')
    .update(JSON.stringify([env.PATH, env.HOME, config.providers, config.custom_providers]))
    .digest('hex');

const file = ({ run }: Pick<Paths, 'run'>) => join(run, 'detected.json');

export function recall(paths: Pick<Paths, 'run'>): (CachedDetection & { by: string }) | null {
  try {
    return JSON.parse(readFileSync(file(paths), 'utf8')) as CachedDetection & { by: string };
  } catch {
    return null;
  }
}

/** A home that cannot be written costs the next command time, and nothing else. */
export function keep(place: DetectionPlace, kept: CachedDetection): void {
  try {
    writePrivateFileSync(file(place.paths), JSON.stringify({ by: fingerprint(place), ...kept }), {
      link: 'follow',
    });
  } catch {}
}
