import type { CommandClass } from 'clipanion';
import { builtGrammars } from './built.ts';
import { grammarOf } from './declared.ts';
import type { Grammar } from './schema.ts';

/** Commands by their path, each with the module that holds it. */
export type CommandTable = Readonly<Record<string, () => Promise<{ default: CommandClass }>>>;

/** The grammar of every command. Loads all commands: the build does so once, and writes down the result. */
export const everyGrammar = (commands: CommandTable): Promise<Grammar[]> =>
  Promise.all(Object.entries(commands).map(async ([path, load]) => grammarOf(path, (await load()).default)));

/** The grammar of every command, as the build has written it if it has, else from the sources. */
export const grammars = async (commands: CommandTable): Promise<Grammar[]> =>
  builtGrammars() ?? everyGrammar(commands);
