import { isatty } from 'node:tty';
import type { Env } from '../../config/paths.ts';
import { packageVersion } from '../../lib/package-root.ts';
import { hasColor } from '../../report/text/style.ts';
import { builtGrammars } from '../grammar/built.ts';
import { page } from '../help/layout.ts';
import { helpText } from '../help/text.ts';
import { wantedHelp } from '../help/wanted.ts';
import { print } from './print.ts';

/**
 * Prints help from what the build has written down, which loads no command. False where that does not serve: words
 * that ask for no help or name no command, sources that were started as they are.
 */
export async function quickHelp(words: readonly string[], env: Env): Promise<boolean> {
  if (words.length === 1 && (words[0] === '--version' || words[0] === '-v')) {
    print(`${packageVersion()}\n`);
    return true;
  }
  const grammars = builtGrammars();
  const wanted = grammars && wantedHelp(words, grammars);
  // A terminal's width and colours are asked only where there is one: process.stdout loads all of Node's streams.
  const shown = isatty(1) ? page(process.stdout.columns, hasColor(process.stdout)) : page();
  const text = wanted && helpText(wanted, grammars, { version: packageVersion(), page: shown });
  if (!text) return false;
  if (isatty(1) && !words.includes('--no-pager')) {
    const { page: pageThrough } = await import('../../report/text/pager.ts');
    await pageThrough([`${text}\n`], process.stdout, env);
  } else print(`${text}\n`);
  return true;
}
