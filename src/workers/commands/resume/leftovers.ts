import { AgentPoolError } from '../../../lib/errors.ts';
import type { ProcessEntry } from '../../../lib/process/processes.ts';
import { shell } from '../../../lib/text/shell.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import type { AppContext } from '../../core/context.ts';
import { endLeftovers, processesOf, shownCommand } from '../ending/terminate.ts';

/** How many processes a message names, and how much of a command. */
const NAMED = 3;
const CHARS = 60;

type Named = Pick<ProcessEntry, 'pid' | 'command'>;

/**
 * What still runs of a worker whose terminal is gone. The process that the ledger knows is the shell of that terminal:
 * the agent below it may outlive both, as OpenCode does, and not every agent leaves a sign of the conversation that it
 * has open.
 * @throws SESSION_ALIVE for a worker that was not lost: what it has left may be wanted.
 */
export function leftoversOf(app: AppContext, session: SessionRow): readonly ProcessEntry[] {
  const left = processesOf(app, session);
  if (left.length > 0 && session.state !== 'LOST') throw stillRuns(session, left);
  return left;
}

/**
 * An agent without its terminal cannot be steered, and must not write beside the next one: it is ended.
 * @returns what was ended. @throws SESSION_ALIVE if something does not end.
 */
export async function leftoversEnded(app: AppContext, session: SessionRow): Promise<string[]> {
  if (processesOf(app, session).length === 0) return [];
  const ended = await endLeftovers(app, session);
  const left = processesOf(app, session);
  if (left.length > 0) throw stillRuns(session, left);
  return [`what it had left running was ended: ${inWords(ended)}`];
}

export const inWords = (processes: readonly Named[]): string => {
  const named = processes
    .slice(0, NAMED)
    .map(({ pid, command }) => `${pid} (${shownCommand(command).slice(0, CHARS)})`);
  return [...named, ...(processes.length > NAMED ? [`${processes.length - NAMED} more`] : [])].join(', ');
};

const stillRuns = ({ id, state }: SessionRow, left: readonly ProcessEntry[]): AgentPoolError =>
  new AgentPoolError(
    'SESSION_ALIVE',
    `Something of ${id} still runs without its terminal: ${inWords(left)}. End that first, then resume it.`,
    { session_id: id, state, pids: left.map(({ pid }) => pid), example: shell`agentpool terminate ${id}` },
  );
