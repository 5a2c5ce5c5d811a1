import type { Paths } from '../../../config/paths.ts';
import { AgentPoolError } from '../../../lib/errors.ts';
import { shell } from '../../../lib/text/shell.ts';
import { fleetNameIn } from '../../../projections/membership.ts';
import type { Rows } from '../../../projections/reader.ts';
import { newestSession, type SessionRow, sessionsNamed } from '../../../projections/sessions/queries.ts';
import { withFiles } from './session-files.ts';
import { workersElsewhere } from './workers-elsewhere.ts';

/** Where sessions are looked up: the ledger, and the coordinator that `@last` refers to. */
export interface SessionBook {
  ledger: Rows;
  coordinator: string;
  /** Where the files of sessions and the logs of other machines are; left out where only the ledger matters. */
  paths?: Pick<Paths, 'artifacts' | 'fleet'>;
}

/**
 * Finds a session by its whole id, by a prefix that no other id has, or by `@last`, the newest one of this coordinator
 * that was started.
 * @throws TMUX_SESSION_NOT_FOUND, with the machine of a session that is on another one; SESSION_AMBIGUOUS with the candidates, newest first.
 */
export function sessionNamed(book: SessionBook, words: string): SessionRow {
  const row = rowNamed(book, words);
  return book.paths ? withFiles(book.paths.artifacts, row) : row;
}

function rowNamed(book: SessionBook, words: string): SessionRow {
  const { ledger, coordinator } = book;
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
  if (!found) {
    const there = elsewhere(book, words);
    throw there ?? notFound(words, `There is no session ${words || "''"}.`, 'agentpool sessions --all');
  }
  if (others.length === 0) return found;
  throw ambiguous(words, [found, ...others]);
}

/** The fewest letters of an id that are looked for on other machines: `ap_` and three more. */
const FEWEST = 6;

/** What to say of a session that is on another machine of the fleet; null if none has it. */
function elsewhere({ ledger, paths }: SessionBook, words: string): AgentPoolError | null {
  if (paths === undefined || words.length < FEWEST) return null;
  const self = fleetNameIn(ledger);
  if (self === null) return null;
  const [found, ...others] = workersElsewhere(paths.fleet, self.machine_id, new Date(), words);
  if (!found) return null;
  if (others.length > 0) return ambiguous(words, [found, ...others]);
  const { id, machine, machineId } = found;
  return new AgentPoolError(
    'TMUX_SESSION_NOT_FOUND',
    `${id} is a worker of ${machine}, not of this machine.`,
    {
      session_id: id,
      machine,
      machine_id: machineId,
      example: shell`agentpool session show ${id}`,
    },
  );
}

function ambiguous(words: string, found: readonly { id: string }[]): AgentPoolError {
  const candidates = found.map(({ id }) => id);
  return new AgentPoolError(
    'SESSION_AMBIGUOUS',
    `${words} matches several sessions: ${candidates.join(', ')}. Use a longer prefix.`,
    { session_id: words, candidates, example: shell`agentpool session show ${candidates[0] ?? words}` },
  );
}

const notFound = (words: string, message: string, example: string) =>
  new AgentPoolError('TMUX_SESSION_NOT_FOUND', message, { session_id: words, example });
