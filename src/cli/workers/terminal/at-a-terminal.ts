import type { SessionRow } from '../../../projections/sessions/queries.ts';
import { isTerminal } from '../../../report/text/style.ts';
import type { ShownWords } from '../../../report/views/workers/worker-words.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import type { Manner } from '../../output/call.ts';

/**
 * A worker's own words where a person reads them. Null for --json, --plain and a pipe: a program gets untrusted text
 * only if it asks for it. `printed` are lines of its transcript, for a worker that neither asks nor reports anything.
 */
export async function wordsForPerson(
  manner: Manner,
  app: AppContext,
  session: SessionRow,
  printed?: readonly string[],
): Promise<ShownWords | null> {
  if (manner.json || manner.plain || !isTerminal(manner.context.stdout)) return null;
  // A bundle of its own: scripts and agents never need it.
  const { readWords } = await import('./words-in-view.ts');
  return readWords(app, session, manner, printed);
}
