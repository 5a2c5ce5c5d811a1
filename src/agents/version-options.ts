import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Env, Paths } from '../config/paths.ts';
import { writePrivateFileSync } from '../lib/files/atomic-file.ts';
import { runShort } from '../lib/process/start.ts';
import { madeProbeFolder } from './cached-detection.ts';
import { withProgramFolders } from './contract/search-path.ts';

export interface OptionsPlace {
  paths: Pick<Paths, 'home' | 'run'>;
  env: Env;
}

/** How long a program may take to print its help, in milliseconds. */
const HELP_MS = 10_000;
/** A command of the user's own may start another program, whose update its file does not show. */
const MAX_AGE_MS = 24 * 60 * 60 * 1000;

interface Known {
  /** In epoch milliseconds. */
  at: number;
  options: string[];
}

/**
 * The options of `wanted` that this version of a program has, as its `--help` prints them. The program is asked once
 * for each state of its file and once a day. None where it does not answer: it is then started without them.
 */
export async function versionOptions(
  program: readonly string[],
  wanted: readonly string[],
  place: OptionsPlace,
): Promise<ReadonlySet<string>> {
  if (wanted.length === 0) return new Set();
  const key = keyOf(program);
  const known = key === null ? undefined : recall(place)[key];
  const isRecent = known !== undefined && Math.abs(Date.now() - known.at) < MAX_AGE_MS;
  const options = isRecent ? known.options : await ask(program, place);
  if (!isRecent && options && key !== null) keep(place, key, options);
  return new Set(wanted.filter((option) => options?.includes(option)));
}

async function ask(
  [command = '', ...first]: readonly string[],
  place: OptionsPlace,
): Promise<string[] | null> {
  const env = { ...withProgramFolders(place.env, command), NO_COLOR: '1', DISABLE_AUTOUPDATER: '1' };
  const cwd = madeProbeFolder(place.paths);
  const { code, stdout } = await runShort(command, [...first, '--help'], { cwd, env, timeoutMs: HELP_MS });
  if (code !== 0) return null;
  return [
    ...new Set([...stdout.toString().matchAll(/^\s+(?:-\w,\s+)?(--[\w-]+)/gm)].map(([, name = '']) => name)),
  ];
}

/** Names one state of a program's file; null where it has none. */
function keyOf(program: readonly string[]): string | null {
  try {
    // Not the time of the last change alone: what npm unpacks is always of 1985.
    const { ino, size, ctimeMs } = statSync(program[0] ?? '');
    return JSON.stringify([program, ino, size, ctimeMs]);
  } catch {
    return null;
  }
}

const file = ({ paths }: OptionsPlace): string => join(paths.run, 'options.json');

function recall(place: OptionsPlace): Record<string, Known> {
  try {
    return JSON.parse(readFileSync(file(place), 'utf8')) as Record<string, Known>;
  } catch {
    return {};
  }
}

/** A home that cannot be written costs the next start time, and nothing else. */
function keep(place: OptionsPlace, key: string, options: string[]): void {
  try {
    const recent = Object.entries(recall(place)).filter(([, { at }]) => Date.now() - at < MAX_AGE_MS);
    const all = { ...Object.fromEntries(recent), [key]: { at: Date.now(), options } };
    mkdirSync(place.paths.run, { recursive: true, mode: 0o700 });
    writePrivateFileSync(file(place), JSON.stringify(all), { link: 'follow' });
  } catch {}
}
