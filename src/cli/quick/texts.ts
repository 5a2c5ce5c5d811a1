import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isatty } from 'node:tty';
import { print } from './print.ts';

/**
 * Prints what the build has written down beside the bundle: the version and the help, which would otherwise be put
 * together from every command. False where there is no such text: other words, a terminal that wants colours, sources
 * that were started as they are.
 */
export function quickText(words: readonly string[]): boolean {
  const name = words.length > 1 ? null : textOf(words[0]);
  const file = name && join(import.meta.dirname, name);
  if (!file || !existsSync(file)) return false;
  print(readFileSync(file, 'utf8'));
  return true;
}

function textOf(word = '--help'): string | null {
  if (word === '--version' || word === '-v') return 'version.txt';
  if (word !== '--help' && word !== '-h') return null;
  return isatty(1) ? null : 'help.txt';
}
