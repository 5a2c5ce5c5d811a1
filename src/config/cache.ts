import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writePrivateFileSync } from '../lib/files/atomic-file.ts';
import { paths } from './paths.ts';
import type { Problem } from './problems.ts';
import { AGENTS } from './provider-ids.ts';
import type { Config } from './schema.ts';

/**
 * A config that was parsed and found valid, kept beside the text that it came from. Parsing loads a YAML and a schema
 * library, some 35 ms, which is more than a whole query may take; a config changes once a month.
 */
export interface Kept {
  config: Config;
  warnings: Problem[];
}

/**
 * Names the rules that a kept config was checked against: a number to raise when parse.ts decides otherwise, and a hash
 * of the schema and the defaults, which a test compares.
 */
export const SCHEMA_STAMP = '2-32047de73947';

/** The same with the list of agents, which needs no hash: adding an agent is adding its line and no other. */
const stamp = `${SCHEMA_STAMP} ${JSON.stringify(AGENTS)}`;

const cacheFile = (home: string) => join(paths(home).run, 'config.json');

/** The kept result for exactly this text, or null. */
export function recall(home: string, text: string): Kept | null {
  const kept = lastValid(home);
  return kept?.text === text ? { config: kept.config, warnings: kept.warnings } : null;
}

/** The last config of this home that was found valid, or null. */
export function lastValid(home: string): (Kept & { text: string }) | null {
  try {
    const kept = JSON.parse(readFileSync(cacheFile(home), 'utf8')) as Kept & { stamp: string; text: string };
    return kept.stamp === stamp ? kept : null;
  } catch {
    return null;
  }
}

/** Keeps a result. A home that cannot be written (read-only, full) costs the next command time, and nothing else. */
export function keep(home: string, text: string, { config, warnings }: Kept): void {
  if (!existsSync(home)) return;
  try {
    writePrivateFileSync(cacheFile(home), JSON.stringify({ stamp, text, config, warnings }), {
      link: 'follow',
    });
  } catch {}
}
