import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Grammar } from './schema.ts';

/** The grammars as the build has written them beside the bundle; null where the sources run as they are. */
export function builtGrammars(): Grammar[] | null {
  const file = join(import.meta.dirname, 'grammar.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Grammar[]) : null;
}
