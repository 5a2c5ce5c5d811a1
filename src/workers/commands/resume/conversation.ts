import type { ProgramPlace, RunnableAgent } from '../../../agents/contract/launch.ts';
import { AgentPoolError } from '../../../lib/errors.ts';
import { shell } from '../../../lib/text/shell.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import { pollUntil } from '../../../terminal/input/poll-until.ts';
import type { AppContext } from '../../core/context.ts';
import { launchFolder } from '../../core/launch-folder.ts';
import type { PastRuns } from './past-runs.ts';

/** How a worker goes on: in its agent's own conversation, or in another one that begins with a brief. */
export type Continuing =
  | { mode: 'conversation'; id: string; source: string }
  | { mode: 'brief'; why: string };

interface Asked {
  agent: RunnableAgent;
  place: ProgramPlace;
  past: PastRuns;
  folder: string;
  /** The conversation that the caller chose; null for the worker's own. */
  chosen: string | null;
}

/**
 * The conversation that a worker whose process is gone can go on in. It is never guessed.
 * @throws CONVERSATION_AMBIGUOUS with the candidates, CONVERSATION_NOT_FOUND for one that the caller chose.
 */
export function continuing(app: AppContext, session: SessionRow, asked: Asked): Continuing {
  const { agent, place, past, folder, chosen } = asked;
  const { conversations } = agent;
  if (!conversations) {
    if (chosen !== null)
      throw notFound(session, chosen, `${agent.id} keeps no conversation that can be taken up`);
    return { mode: 'brief', why: `${agent.id} cannot take up a conversation again` };
  }
  if (chosen !== null) {
    if (conversations.isKept(chosen, place) === false)
      throw notFound(session, chosen, `${agent.id} has no conversation ${chosen}`);
    return { mode: 'conversation', id: chosen, source: 'caller' };
  }
  const known = session.conversation_id;
  if (known !== null && conversations.isKept(known, place) !== false)
    return { mode: 'conversation', id: known, source: 'recorded' };
  if (known !== null) return { mode: 'brief', why: `${agent.id} no longer has the conversation ${known}` };
  const found = conversations.find({
    worker: session.id,
    run: past.begun.run,
    pids: [],
    folder,
    word: past.begun.word,
    since: past.begun.at,
    until: new Date(session.updated_at),
    place,
    launchFolder: launchFolder(app, session.id),
  });
  if (found.kind === 'several') throw ambiguous(session, found.candidates);
  if (found.kind === 'none' || conversations.isKept(found.id, place) === false)
    return { mode: 'brief', why: `no conversation of it was found in the files of ${agent.id}` };
  return { mode: 'conversation', id: found.id, source: found.source };
}

const notFound = ({ id }: SessionRow, conversation: string, what: string) =>
  new AgentPoolError('CONVERSATION_NOT_FOUND', `${what}.`, {
    session_id: id,
    conversation_id: conversation,
    example: shell`agentpool resume ${id}`,
  });

const ambiguous = ({ id }: SessionRow, candidates: readonly { id: string; about: string }[]) =>
  new AgentPoolError(
    'CONVERSATION_AMBIGUOUS',
    `${candidates.length} conversations fit ${id}, and nothing says which one is its own: ${candidates
      .map((each) => `${each.id} (${each.about})`)
      .join(', ')}. Choose one with --conversation.`,
    {
      session_id: id,
      candidates,
      example: shell`agentpool resume ${id} --conversation ${candidates[0]?.id ?? ''}`,
    },
  );

/** How long a process may take to end that has just lost its terminal, in milliseconds. */
const ENDING_MS = 5000;

/** `own`: what is left of the worker itself.
 * @throws CONVERSATION_OPEN while another process has the conversation: one of the two would lose its work. */
export async function assertClosed(
  session: SessionRow,
  id: string,
  { agent, place, own }: Pick<Asked, 'agent' | 'place'> & { own: readonly number[] },
): Promise<void> {
  const holder = () => {
    const found = agent.conversations?.openIn(id, place);
    return found?.kind === 'open' && !own.includes(found.pid) ? found.pid : null;
  };
  if (holder() === null) return;
  const { now: pid } = await pollUntil(
    ENDING_MS,
    async () => holder(),
    (found) => found === null,
  );
  if (pid === null) return;
  throw new AgentPoolError(
    'CONVERSATION_OPEN',
    `Its conversation ${id} is open in process ${pid}; two processes on one conversation lose work. Close it there, then: ${shell`agentpool resume ${session.id}`}`,
    { session_id: session.id, conversation_id: id, pid, example: shell`agentpool resume ${session.id}` },
  );
}
