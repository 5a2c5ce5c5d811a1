import { splitLine } from '../../lib/text/split-line.ts';
import { namedCommand } from '../commands/index.ts';

/** The words after `agentpool` in a line of help, where it can be part of a pipe, a substitution or another command. */
export function typedWords(line: string): string[] {
  for (const [, rest = ''] of line.matchAll(/\bagentpool (?=(.*))/g)) {
    const [own = ''] = rest.replaceAll(/\$\([^)]*\)/g, 'x').split(/ ?[|<>)]/, 1);
    const words = splitLine(own);
    if (namedCommand(words)) return words;
  }
  throw new Error(`no command in: ${line}`);
}
