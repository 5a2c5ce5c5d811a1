import type { Paths } from '../../../config/paths.ts';
import { AgentPoolError } from '../../../lib/errors.ts';
import { shell } from '../../../lib/text/shell.ts';
import type { Rows } from '../../../projections/reader.ts';
import { newestSession, type SessionRow, sessionsNamed } from '../../../projections/sessions/queries.ts';
import { withFiles } from './session-files.ts';

/** Where sessions are looked up: the ledger, and the coordinator that `@last` refers to. */
export interface SessionBook {
  ledger: Rows;
  coordinator: string;
  /** Where the files of sessions are now; left out where only the ledger matters. */
  paths?: Pick<Paths, 'artifacts'>;
}

/**
 * Finds a session by its whole id, by a prefix that no other id has, or by `@last`, the newest one of this coordinator
 * that was started.
 * @throws TMUX_SESSION_NOT_FOUND; SESSION_AMBIGUOUS with the candidates, newest first.
 */
export function sessionNamed(book: SessionBook, words: string): SessionRow {
  const row = rowNamed(book, words);
  return book.paths ? withFiles(book.paths.artifacts, row) : row;
}

function rowNamed({ ledger, coordinator }: SessionBook, words: string): SessionRow {
  if (words === '@last') {
    const newest = newestSession(ledger, coordinator);
    if (newest) return newest;
    throw notFound(
      words,
      'There is no session yet.',
      'agentpool spawn --provider fake-question --task "Say hello"',
    );
  }
  const [found, ...others] = words === '' ? [] : sessionsNamed(ledger, words);
  if (!found) throw notFound(words, `There is no session ${words || "''"}.`, 'agentpool sessions --all');
  if (others.length === 0) return found;
  const candidates = [found, ...others].map(({ id }) => id);
  throw new AgentPoolError(
    'SESSION_AMBIGUOUS',
    `${words} matches several sessions: ${candidates.join(', ')}. Use a longer prefix.`,
    { session_id: words, candidates, example: shell`agentpool session show ${found.id}` },
  );
}

const notFound = (words: string, message: string, example: string) =>
  new AgentPoolError('TMUX_SESSION_NOT_FOUND', message, { session_id: words, example });
