import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Grammar } from './schema.ts';

/** The grammars that the build has written beside the bundle; null when run from the sources. */
export const builtGrammars = (): Grammar[] | null => read<Grammar[]>('grammar.json');

/** The built grammar of one command. */
export const builtGrammar = (path: string): Grammar | null => read<Grammar>(`grammar/${path}.json`);

function read<T>(name: string): T | null {
  const file = join(import.meta.dirname, name);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as T) : null;
}
