import type { Env } from '../../config/paths.ts';
import { completionLines } from '../completion/answer.ts';
import { builtGrammars } from '../grammar/built.ts';
import { print } from '../output/print.ts';

/** `agentpool complete SHELL WORD...` */
export async function answer(words: readonly string[], env: Env): Promise<number | null> {
  const grammars = builtGrammars();
  if (!grammars) return null;
  print(await completionLines(grammars, words.slice(1), env));
  return 0;
}
