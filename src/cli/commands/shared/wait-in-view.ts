import { shell } from '../../../lib/text/shell.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import { isTerminal } from '../../../report/text/style.ts';
import { WorkerView } from '../../../report/views/worker-view.ts';
import { awaitWorker, type Seen } from '../../../workers/commands/observe.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import type { Awaited } from '../../../workers/sight/wait-for.ts';
import { watchHere } from '../../../workers/watch/watch-in-process.ts';
import type { LedgerCommand } from '../../grammar/command.ts';

/** What a shell says of a command that Ctrl-C has ended. */
export const INTERRUPTED = 130;

/** Ctrl-C from now on is heard, and ends nothing by itself. */
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
  seen: Seen;
  /** Somebody pressed Ctrl-C; the worker goes on. */
  interrupted: boolean;
}

/**
 * Waits for a worker as every command does that waits: watched from here where no watcher runs, drawn on a terminal
 * while it takes, and left at work when somebody presses Ctrl-C. Who has just started it hears that from before, or a
 * Ctrl-C between the two would end the command without a word.
 */
export async function waitInView(
  { context, json }: LedgerCommand,
  app: AppContext,
  session: SessionRow,
  {
    awaited,
    seconds,
    interrupt = onInterrupt(),
  }: { awaited: Awaited; seconds: number; interrupt?: Interrupt },
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
    if (signal.aborted && !json) stderr.write(goesOn(session.id));
  }
}

const goesOn = (id: string): string =>
  [
    `${id} goes on without you.`,
    `  wait again  ${shell`agentpool observe ${id} --wait-for any --timeout 300`}`,
    `  end it      ${shell`agentpool terminate ${id}`}`,
    '',
  ].join('\n');
