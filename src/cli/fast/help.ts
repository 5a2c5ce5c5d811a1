import { isatty } from 'node:tty';
import type { Env } from '../../config/paths.ts';
import { packageVersion } from '../../lib/package-root.ts';
import { hasColor } from '../../report/text/style.ts';
import { builtGrammars } from '../grammar/built.ts';
import { page } from '../help/layout.ts';
import { helpText } from '../help/text.ts';
import { wantedHelp } from '../help/wanted.ts';
import { print } from '../output/print.ts';

/**
 * Help and the version, from the built grammar, without loading a command. null for help on errors and unknown
 * commands.
 */
export async function answer(words: readonly string[], env: Env): Promise<number | null> {
  if (words.length === 1 && (words[0] === '--version' || words[0] === '-v')) {
    print(`${packageVersion()}\n`);
    return 0;
  }
  const grammars = builtGrammars();
  const wanted = grammars && wantedHelp(words, grammars);
  // Asks for width and colours only on a terminal: process.stdout loads all of Node's streams.
  const shown = isatty(1) ? page(process.stdout.columns, hasColor(process.stdout)) : page();
  const text = wanted && helpText(wanted, grammars, { version: packageVersion(), page: shown });
  if (!text) return null;
  if (isatty(1) && !words.includes('--no-pager')) {
    const { page: pageThrough } = await import('../../report/text/pager.ts');
    await pageThrough([`${text}\n`], process.stdout, env);
  } else print(`${text}\n`);
  return 0;
}
