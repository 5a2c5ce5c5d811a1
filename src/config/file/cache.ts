import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writePrivateFileSync } from '../../lib/files/atomic-file.ts';
import { ownerBesideRoot } from '../home-owner.ts';
import { paths } from '../paths.ts';
import { AGENTS } from '../provider-ids.ts';
import type { Config } from '../schema.ts';
import type { Problem } from './problems.ts';

/**
 * A parsed and validated config, cached with its source text. Parsing loads a YAML and a schema
 * library, which takes some 35 ms: more than a whole query may take. A config rarely changes.
 */
export interface Kept {
  config: Config;
  warnings: Problem[];
}

/**
 * Identifies the rules that a cached config was checked against: a number to raise when parse.ts changes its rules, and
 * a hash of the schema and the defaults, which a test compares.
 */
export const SCHEMA_STAMP = '4-8e13360608de';

/** Includes the list of agents in clear, so that adding an agent needs no change of SCHEMA_STAMP. */
const stamp = `${SCHEMA_STAMP} ${JSON.stringify(AGENTS)}`;

const cacheFile = (home: string) => join(paths(home).run, 'config.json');

/** The cached result for exactly this text, or null. */
export function recall(home: string, text: string): Kept | null {
  const kept = lastValid(home);
  return kept?.text === text ? { config: kept.config, warnings: kept.warnings } : null;
}

/** The last valid config of this home, or null. */
export function lastValid(home: string): (Kept & { text: string }) | null {
  try {
    const kept = JSON.parse(readFileSync(cacheFile(home), 'utf8')) as Kept & { stamp: string; text: string };
    return kept.stamp === stamp ? kept : null;
  } catch {
    return null;
  }
}

/** Caches a result. If the home cannot be written (read-only, full), only the next command is slower. */
export function keep(home: string, text: string, { config, warnings }: Kept): void {
  if (!existsSync(home) || ownerBesideRoot(home)) return;
  try {
    writePrivateFileSync(cacheFile(home), JSON.stringify({ stamp, text, config, warnings }), {
      link: 'follow',
    });
  } catch {}
}
