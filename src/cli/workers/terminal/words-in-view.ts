import type { SessionRow } from '../../../projections/sessions/queries.ts';
import { type ShownWords, shownWords } from '../../../report/views/workers/worker-words.ts';
import { wordsOf } from '../../../workers/commands/results/worker-words.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import type { Manner } from '../../output/call.ts';

/** What a worker asks or has reported, for the person at the terminal of this command. @throws RULES_INVALID */
export const readWords = async (
  app: AppContext,
  session: SessionRow,
  { context }: Pick<Manner, 'context'>,
  printed: readonly string[] = [],
): Promise<ShownWords> => shownWords(await wordsOf(app, session), context.stdout, printed);
