import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Figure } from './figure.ts';

/** The figures of one release, by the path of their rows (`rowPaths`). */
export interface Release {
  release: string;
  /** The day and the machine. */
  measured: string;
  figures: Record<string, Figure>;
}

const FOLDER = fileURLToPath(new URL('./releases', import.meta.url));

/** The last release before `version` whose figures are kept; null if there is none. */
export function releaseBefore(version: string, folder = FOLDER): Release | null {
  const before = kept(folder).filter((release) => compare(release, version) < 0);
  const last = before.sort(compare).at(-1);
  if (last === undefined) return null;
  return JSON.parse(readFileSync(`${folder}/${last}.json`, 'utf8')) as Release;
}

/** Keeps the figures of a release. Those of rows that were not measured this time stay as they were. */
export function keep(release: Release, folder = FOLDER): string {
  const file = `${folder}/${release.release}.json`;
  const figures = kept(folder).includes(release.release)
    ? { ...(JSON.parse(readFileSync(file, 'utf8')) as Release).figures, ...release.figures }
    : release.figures;
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `${JSON.stringify({ ...release, figures }, null, 2)}\n`);
  return file;
}

/** Names each row in turn by itself and the row that it belongs to: `append, 8 at once/p99`. */
export function rowPaths(): (figure: Figure) => string {
  let parent = '';
  return ({ what }) => {
    if (what.startsWith('  ')) return `${parent}/${what.trim()}`;
    parent = what;
    return what;
  };
}

const kept = (folder: string): string[] => {
  try {
    return readdirSync(folder).flatMap((name) => /^(.+)\.json$/.exec(name)?.slice(1) ?? []);
  } catch {
    return [];
  }
};

const compare = (one: string, other: string) => one.localeCompare(other, 'en', { numeric: true });
