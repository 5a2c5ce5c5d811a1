import { existsSync } from 'node:fs';
import { AgentPoolError } from '../../../lib/errors.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import type { AppContext } from '../context.ts';
import { sessionNamed } from './named-session.ts';

/** The fewest letters of an id that are looked for on other machines: `ap_` and three more. */
const FEWEST = 6;

/**
 * The session of these words on this machine; null if there is none and one of another machine of the fleet may be
 * meant.
 * @throws what `sessionNamed` throws
 */
export function sessionHere(app: AppContext, words: string): SessionRow | null {
  try {
    return sessionNamed(app, words);
  } catch (error) {
    const mayBeElsewhere =
      error instanceof AgentPoolError &&
      error.code === 'TMUX_SESSION_NOT_FOUND' &&
      words.length >= FEWEST &&
      !words.startsWith('@') &&
      existsSync(app.paths.fleet);
    if (!mayBeElsewhere) throw error;
    return null;
  }
}
