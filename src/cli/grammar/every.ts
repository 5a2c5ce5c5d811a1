import type { CommandClass } from 'clipanion';
import { builtGrammars } from './built.ts';
import { grammarOf } from './declared.ts';
import type { Grammar } from './schema.ts';

/** Commands by their path, each with the module that holds it. */
export type CommandTable = Readonly<Record<string, () => Promise<{ default: CommandClass }>>>;

/** The grammar of every command, which loads them all: the build does it once, and keeps the answer. */
export const everyGrammar = (commands: CommandTable): Promise<Grammar[]> =>
  Promise.all(Object.entries(commands).map(async ([path, load]) => grammarOf(path, (await load()).default)));

/** The same, from what the build has kept where that is there. */
export const grammars = async (commands: CommandTable): Promise<Grammar[]> =>
  builtGrammars() ?? everyGrammar(commands);
