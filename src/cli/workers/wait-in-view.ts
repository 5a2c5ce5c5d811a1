import { shell } from '../../lib/text/shell.ts';
import type { SessionRow } from '../../projections/sessions/queries.ts';
import { isTerminal } from '../../report/text/style.ts';
import { WorkerView } from '../../report/views/worker-view.ts';
import { awaitWorker, type WaitOutcome } from '../../workers/commands/observe.ts';
import type { AppContext } from '../../workers/core/context.ts';
import type { WaitCondition } from '../../workers/sight/wait-for.ts';
import { watchHere } from '../../workers/watch/watch-in-process.ts';
import type { Manner } from '../output/call.ts';

/** The exit code that shells report for a command that Ctrl-C ended. */
export const INTERRUPTED = 130;

/** From this call on, Ctrl-C is recorded and no longer ends the process. */
export function onInterrupt(): Interrupt {
  const pressed = new AbortController();
  const press = () => pressed.abort();
  process.once('SIGINT', press);
  return { signal: pressed.signal, forget: () => process.off('SIGINT', press) };
}

interface Interrupt {
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
 * leaves it running after Ctrl-C. A caller that has just spawned it passes the `interrupt` from before the spawn: a
 * Ctrl-C between the two would end the command without a message.
 */
export async function waitInView(
  { context, json }: Manner,
  app: AppContext,
  session: SessionRow,
  {
    awaited,
    seconds,
    interrupt = onInterrupt(),
  }: { awaited: WaitCondition; seconds: number; interrupt?: Interrupt },
): Promise<Waited> {
  const { stderr } = context;
  const { signal } = interrupt;
  const here = await watchHere(app, session);
  const view = !json && seconds > 0 && isTerminal(stderr) ? new WorkerView(stderr, session) : null;
  try {
    const onChange: Parameters<typeof awaitWorker>[3]['onChange'] = ({ state }) => view?.enter(state);
    const seen = await awaitWorker(app, session, awaited, { seconds, signal, onChange });
    return { seen, interrupted: signal.aborted };
  } finally {
    interrupt.forget();
    view?.close();
    await here?.close();
    if (signal.aborted && !json) stderr.write(keepsRunning(session.id));
  }
}

const keepsRunning = (id: string): string =>
  [
    `${id} keeps running.`,
    `  wait again  ${shell`agentpool observe ${id} --wait-for any --timeout 300`}`,
    `  end it      ${shell`agentpool terminate ${id}`}`,
    '',
  ].join('\n');
