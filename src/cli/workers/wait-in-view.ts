import { AgentPoolError, errorMessage } from '../../lib/errors.ts';
import { shell } from '../../lib/text/shell.ts';
import { sessionJson } from '../../projections/sessions/json.ts';
import type { SessionRow } from '../../projections/sessions/queries.ts';
import { isTerminal } from '../../report/text/style.ts';
import { parkedWords } from '../../report/views/workers/parked.ts';
import { WorkerView } from '../../report/views/workers/worker-view.ts';
import { awaitWorker, type WaitOutcome } from '../../workers/commands/observe.ts';
import type { SpawnOptions } from '../../workers/commands/spawning/spawn.ts';
import type { AppContext } from '../../workers/core/context.ts';
import { sessionNamed } from '../../workers/core/sessions/named-session.ts';
import { headroomWarnings } from '../../workers/queries/headroom-warnings.ts';
import type { WaitCondition } from '../../workers/sight/wait-for.ts';
import { watchHere } from '../../workers/watch/in-process/watch-in-process.ts';
import type { Manner } from '../output/call.ts';

/** The exit code that shells report for a command that Ctrl-C ended. */
export const INTERRUPTED = 130;

/** The exit code of timeout(1). */
export const TIMED_OUT = 124;

/** The exit code of a command that has waited. A worker whose own time limit has passed ends the wait as any end does. */
export function waitExit({ event, moment }: WaitOutcome, interrupted: boolean): number | undefined {
  if (interrupted) return INTERRUPTED;
  return event === 'timeout' && moment?.event !== 'timeout' ? TIMED_OUT : undefined;
}

/** From this call on, Ctrl-C is recorded and no longer ends the process. */
export function onInterrupt(): Interrupt {
  const pressed = new AbortController();
  const press = () => pressed.abort();
  process.once('SIGINT', press);
  return { signal: pressed.signal, forget: () => process.off('SIGINT', press) };
}

export interface Interrupt {
  signal: AbortSignal;
  forget(): void;
}

interface Waited {
  seen: WaitOutcome;
  /** Whether Ctrl-C ended the wait. The worker keeps running. */
  interrupted: boolean;
}

/**
 * Waits for a worker. Watches it from this process if no watcher runs, shows it on a terminal in the meantime, and
 * leaves it running after Ctrl-C. A caller that has just spawned it passes the `interrupt` from before the spawn, and
 * forgets it later: a Ctrl-C between the two would end the command without a message.
 */
export async function waitInView(
  { context, json }: Manner,
  app: AppContext,
  session: SessionRow,
  { awaited, seconds, interrupt: given }: { awaited: WaitCondition; seconds: number; interrupt?: Interrupt },
): Promise<Waited> {
  const { stderr } = context;
  const interrupt = given ?? onInterrupt();
  const { signal } = interrupt;
  const here = await watchHere(app, session);
  const view = !json && seconds > 0 && isTerminal(stderr) ? new WorkerView(stderr, session) : null;
  try {
    let said = '';
    const onChange: Parameters<typeof awaitWorker>[3]['onChange'] = ({ state }) => {
      const waits = state === 'PARKED' ? parkOf(app, session.id) : null;
      view?.enter(state, waits);
      if (view === null && !json && seconds > 0 && waits !== null && waits !== said)
        stderr.write(`${session.id} is parked ${waits}\n`);
      said = waits ?? said;
    };
    const seen = await awaitWorker(app, session, awaited, { seconds, signal, onChange });
    return { seen, interrupted: signal.aborted };
  } finally {
    view?.close();
    await here?.close();
    if (!given) interrupt.forget();
    if (signal.aborted && !json) stderr.write(keepsRunning(session.id));
  }
}

/**
 * Spawns a worker while Ctrl-C is only recorded: the worker is either started, and can be named, or not.
 * @throws INTERRUPTED if Ctrl-C, which a terminal sends to every program of the command, has ended the spawn.
 */
export async function spawnThrough(
  start: (request: SpawnOptions) => Promise<string>,
  request: SpawnOptions,
  interrupt: Interrupt,
): Promise<string> {
  try {
    return await start(request);
  } catch (cause) {
    interrupt.forget();
    if (!interrupt.signal.aborted) throw cause;
    throw new AgentPoolError(
      'INTERRUPTED',
      `Interrupted before the worker ran, and what was made for it was removed: ${errorMessage(cause)}`,
      { example: 'agentpool sessions' },
      { cause },
    );
  }
}

/** Says how little is left of the subscription before a long wait; --json has it in `warnings`. */
export function noteHeadroom({ context, json }: Manner, app: AppContext, id: string): void {
  if (json) return;
  for (const warning of headroomWarnings(app, sessionNamed(app, id))) context.stderr.write(`! ${warning}\n`);
}

/** What a parked worker waits for, in words; null if it is not parked any more. */
function parkOf(app: AppContext, id: string): string | null {
  const { parked } = sessionJson(sessionNamed(app, id));
  return parked && parkedWords(parked, new Date());
}

const keepsRunning = (id: string): string =>
  [
    `${id} keeps running.`,
    `  wait again  ${shell`agentpool observe ${id} --wait-for any --timeout 300`}`,
    `  end it      ${shell`agentpool terminate ${id}`}`,
    '',
  ].join('\n');
