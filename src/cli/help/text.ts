import type { Grammar } from '../grammar/schema.ts';
import { commandHelp } from './command.ts';
import { groupHelp } from './group.ts';
import type { HelpPage } from './layout.ts';
import { overview } from './overview.ts';

/** The help for the words: the overview, a group of commands, or one command; null if they name none. */
export function helpText(
  named: readonly string[],
  grammars: readonly Grammar[],
  { version, page }: { version: string; page: HelpPage },
): string | null {
  const path = named.join(' ');
  if (path === '') return overview(grammars, version, page);
  const command = grammars.find((grammar) => grammar.path === path);
  const members = grammars.filter((grammar) => grammar.path.startsWith(`${path} `));
  if (command) return commandHelp(command, members, page);
  return members.length > 0 ? groupHelp(path, members, page) : null;
}
