import { AgentPoolError } from '../../../lib/errors.ts';
import { shell } from '../../../lib/text/shell.ts';
import { type SessionRow, sessionById } from '../../../projections/sessions/queries.ts';
import type { AppContext } from '../../core/context.ts';
import { workerOf } from '../../core/record.ts';
import { withFiles } from '../../core/sessions/session-files.ts';
import { ensureWatcher } from '../../core/watcher/watcher-process.ts';
import { newResultWord } from '../../core/words/prompt.ts';
import { alone } from '../../core/worker-lock.ts';
import { rememberTerminal } from '../../notify/bell.ts';
import type { Brief } from '../brief/brief.ts';
import { buildBrief, keepBrief } from '../brief/build.ts';
import { terminateWorker } from '../ending/terminate.ts';
import { interruptWorker } from '../interrupt.ts';
import { collectWorker } from '../results/collect.ts';
import { endedMeanwhile } from '../spawning/ended-meanwhile.ts';
import { tmuxSessionOf } from '../spawning/plan.ts';
import { startRun } from '../spawning/start-run.ts';
import type { Successor } from './successor.ts';
import { copyBaseline, type Start, startOf, transfer } from './transfer.ts';
import { causeOf, failHandover, failSuccessor } from './undo.ts';

/** What is to be done with the worker, as its intent says. */
export interface Handing {
  keep: boolean;
  note: string | null;
  because: 'caller' | 'limit';
}

/**
 * Carries out a handover whose intent is recorded: stops the worker, collects its work, writes the brief, passes the work
 * on and starts the successor. Whatever fails, the outcome is recorded, and the work stays where it is.
 * @throws what a step throws; null if another process has carried it out
 */
export async function carryOut(
  app: AppContext,
  session: SessionRow,
  successor: Successor,
  handing: Handing,
): Promise<Brief | null> {
  const { id } = successor;
  let passed: { brief: Brief; start: Start } | null;
  let isAlone = false;
  try {
    // Two that finish the work of a killed process would both write its files.
    passed = await alone(app, id, () => {
      isAlone = true;
      return passOn(app, session, successor, handing);
    });
  } catch (error) {
    // If it is another process that carries it out, that one records what becomes of it.
    if (isAlone) failHandover(app, session.id, id, causeOf(error));
    throw error;
  }
  if (passed === null) return null;
  try {
    await start(app, successor, passed.start);
  } catch (error) {
    await app.tmux
      .newFor(id)
      .killSession(tmuxSessionOf(app, id))
      .catch(() => false);
    failSuccessor(app, { id, predecessor: session.id }, causeOf(error));
    throw endedMeanwhile(app, id, error) ?? error;
  }
  rememberTerminal(app, id);
  ensureWatcher(app);
  return passed.brief;
}

async function passOn(
  app: AppContext,
  session: SessionRow,
  successor: Successor,
  { keep, note, because }: Handing,
): Promise<{ brief: Brief; start: Start } | null> {
  const { handover } = workerOf(app, session.id);
  if (handover?.successor !== successor.id || handover.done) return null;
  await stop(app, session, keep);
  const now = current(app, session);
  await collectWorker(app, now, 'summary', { keepsBaseline: true }).catch(ifIncomplete);
  // It is CANCELLED by now, which says nothing of its work.
  const brief = await buildBrief(app, { ...now, state: session.state }, { because, note });
  await keepBrief(app, successor.id, brief);
  await copyBaseline(app, now, successor);
  const start = startOf(successor, brief, newResultWord());
  transfer(app, now, { successor, brief, start });
  return { brief, start };
}

/** The work is on disk, whether or not it can be compared: that does not stop a handover. */
function ifIncomplete(error: unknown): void {
  if (!(error instanceof AgentPoolError)) throw error;
}

const current = (app: AppContext, { id }: SessionRow): SessionRow => {
  const session = sessionById(app.ledger, id);
  if (!session) throw new Error(`the ledger has lost ${id}`);
  return withFiles(app.paths.artifacts, session);
};

/** States in which a turn may be under way. */
const AT_WORK: ReadonlySet<string> = new Set([
  'RUNNING',
  'AWAITING_USER_INPUT',
  'AWAITING_APPROVAL',
  'PARKED',
  'UNKNOWN',
]);

/** Ends the worker, or makes sure that one that is kept does nothing more. @throws HANDOVER_NOT_STOPPED */
async function stop(app: AppContext, session: SessionRow, keep: boolean): Promise<void> {
  const { alive, ending } = workerOf(app, session.id);
  if (alive && !ending && AT_WORK.has(session.state)) {
    const stopped = await interruptWorker(app, session).catch(ifEnded);
    if (keep && stopped?.reason === 'the screen shows that it goes on') throw goesOn(session);
  }
  if (!keep || !alive) await terminateWorker(app, current(app, session), { reason: 'handed over' });
}

/** It may end by itself at the moment at which it is interrupted. */
function ifEnded(error: unknown): null {
  if (error instanceof AgentPoolError) return null;
  throw error;
}

const goesOn = ({ id }: SessionRow) =>
  new AgentPoolError(
    'HANDOVER_NOT_STOPPED',
    `${id} could not be stopped: its screen shows that it goes on. It would change the same files as its successor.`,
    { session_id: id, example: shell`agentpool interrupt ${id}` },
  );

async function start(app: AppContext, successor: Successor, { prompt, promptMode }: Start): Promise<void> {
  const { id, agent, place, program, cwd, request } = successor;
  const { model, reasoningEffort, serviceTier } = request;
  const tmuxSession = tmuxSessionOf(app, id);
  const readOnly = request.isolation === 'read_only';
  await startRun(app, {
    ...{ id, agent, place, program, cwd, tmuxSession, prompt, promptMode },
    ...{ readOnly, model, reasoningEffort, serviceTier },
  });
}
