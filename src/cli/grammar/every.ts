import { commands } from '../commands/index.ts';
import { builtGrammars } from './built.ts';
import { grammarOf } from './declared.ts';
import type { Grammar } from './schema.ts';

/** The grammar of every command, which means to load them all: the build does it once, and keeps the answer. */
export const everyGrammar = (): Promise<Grammar[]> =>
  Promise.all(Object.entries(commands).map(async ([path, load]) => grammarOf(path, (await load()).default)));

/** The same, from what the build has kept where that is there. */
export const grammars = async (): Promise<Grammar[]> => builtGrammars() ?? everyGrammar();
