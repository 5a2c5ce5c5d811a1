import type { SessionRow } from '../projections/session-queries.ts';
import type { House } from '../workers/house.ts';
import { awaitWorker, type Seen } from '../workers/observe.ts';
import type { Awaited } from '../workers/wait-for.ts';
import { watchHere } from '../workers/watch-here.ts';
import type { HouseCommand } from './command.ts';
import { isTerminal } from './output/style.ts';
import { WorkerView } from './output/worker-view.ts';

/** What a shell says of a command that Ctrl-C has ended. */
export const INTERRUPTED = 130;

/** Ctrl-C from now on is heard, and ends nothing by itself. */
export function hearInterrupt(): Interrupt {
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
  { context, json }: HouseCommand,
  house: House,
  session: SessionRow,
  {
    awaited,
    seconds,
    interrupt = hearInterrupt(),
  }: { awaited: Awaited; seconds: number; interrupt?: Interrupt },
): Promise<Waited> {
  const { stderr } = context;
  const { signal } = interrupt;
  const here = await watchHere(house, session);
  const view = !json && seconds > 0 && isTerminal(stderr) ? new WorkerView(stderr, session) : null;
  try {
    const onChange: Parameters<typeof awaitWorker>[3]['onChange'] = ({ state }) => view?.enter(state);
    const seen = await awaitWorker(house, session, awaited, { seconds, signal, onChange });
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
    `  wait again  agentpool observe ${id} --wait-for any --timeout 300`,
    `  end it      agentpool terminate ${id}`,
    '',
  ].join('\n');
