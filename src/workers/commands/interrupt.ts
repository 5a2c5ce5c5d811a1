import Type, { type Static } from 'typebox';
import { runnableAgent } from '../../agents/registry.ts';
import { WorkerState } from '../../events/catalogue/worker-shapes.ts';
import { flag, list, noted, nullable, oneOf, text } from '../../lib/shapes.ts';
import { monotonic } from '../../lib/time/monotonic.ts';
import type { SessionRow } from '../../projections/sessions/queries.ts';
import { type KeyHint, stopHint } from '../../terminal/detection/evidence/key-hints.ts';
import { pollUntil } from '../../terminal/input/poll-until.ts';
import { readsLines } from '../../terminal/input/tty-input.ts';
import type { AppContext } from '../core/context.ts';
import { record, recordUnlessRejected, workerOf } from '../core/record.ts';
import { alone } from '../core/worker-lock.ts';
import { dialogOf } from '../sight/dialogs/dialog.ts';
import { ifReadable, type ScreenReading, screenReader } from '../sight/look.ts';
import { MovingScreen } from '../sight/motion/moving-screen.ts';

export const Interruption = Type.Union(
  [
    Type.Object({
      ok: Type.Literal(true),
      session_id: text,
      state: WorkerState,
      keys: noted(list(text), "The keys that were pressed, by tmux's names."),
      delivery: noted(
        oneOf(['delivered', 'unproven']),
        '`delivered`: the screen showed that the turn stopped.',
      ),
      reason: noted(nullable(text), 'Why it is not confirmed.'),
    }),
    Type.Object({
      ok: Type.Literal(true),
      session_id: text,
      dry_run: Type.Literal(true),
      would_interrupt: noted(flag, 'Whether it is alive.'),
    }),
  ],
  { description: 'What the interrupt did; with `--dry-run`, whether it would do anything.' },
);
export type Interruption = Static<typeof Interruption>;
export type Interrupted = Extract<Interruption, { keys: unknown }>;

/** How long an agent may take to begin a turn, and to end one, in milliseconds. */
const REACTION_MS = 3000;
/** How long a screen that shows no work, and no prompt, is watched for what moves. */
const UNKNOWN_MS = 1000;
/** How long it may take to show that it wants the key again. It takes the second one only for a moment. */
const AGAIN_MS = 250;
const MOST_TRIES = 4;
/** How many keys in a row stop any turn. */
const MOST_KEYS = 3;
/** How many rows at the bottom name the key that stops a turn. */
const FOOTER_ROWS = 6;
/** It may also end the program: it is never pressed twice. */
const CONTROL_C = 'C-c';

/**
 * Stops a worker's turn, with the keys that its screen names, or else those of its agent, and checks that it stopped.
 * The worker stays alive.
 */
export async function interruptWorker(app: AppContext, session: SessionRow): Promise<Interrupted> {
  const agent = await runnableAgent(app.config, session.provider_id);
  const stopped = await alone(app, session.id, async () => {
    const look = screenReader(app, session);
    const screen = new MovingScreen();
    const read = async () => {
      const now = await look().catch(ifReadable);
      return now && screen.see(now, monotonic());
    };
    const first = session.alive === 1 ? await startOfTurn(session, read) : null;
    const keys = first
      ? await keysFor(app, session, agent, first)
      : [...(agent.interruptKeys ?? [CONTROL_C])];
    endWait(app, session.id);
    const { state, alive } = workerOf(app, session.id);
    if (first && isAtRest(first, state ?? session.state)) {
      // At a prompt the keys mean something else. The intent is not recorded: nothing is intended.
      if (alive) return { keys: [], ...unproven('it was not at work, so nothing was pressed') };
    }
    record(app, session.id, { kind: 'interrupt', keys });
    return pressUntilItStops({ app, session, read, first }, keys);
  });
  return {
    ok: true,
    session_id: session.id,
    state: workerOf(app, session.id).state ?? session.state,
    ...stopped,
  };
}

/** A parked worker that is interrupted is not to go on after the reset; one that is handed over has passed its wait on. */
function endWait(app: AppContext, id: string): void {
  const { state, handover } = workerOf(app, id);
  if (state === 'PARKED' && handover === null)
    recordUnlessRejected(app, id, { kind: 'end_park', reason: 'stopped' });
}

type Read = () => Promise<ScreenReading | null>;
type Stopped = Pick<Interrupted, 'keys' | 'delivery' | 'reason'>;

const unproven = (reason: string) => ({ delivery: 'unproven' as const, reason });

/**
 * The screen of a worker that has just got a message, when it shows its work: a key that comes too early is lost. No
 * rule knows a screen that is half drawn, and of some agents only what moves shows their work.
 */
async function startOfTurn({ state }: SessionRow, read: Read): Promise<ScreenReading | null> {
  const wait = state === 'RUNNING' ? REACTION_MS : 0;
  const begun = monotonic();
  const isThere = (now: ScreenReading) =>
    showsTurn(now) || (now.classification.label !== 'idle' && monotonic() - begun >= UNKNOWN_MS);
  return (await pollUntil(wait, read, (now) => now === null || isThere(now))).now;
}

/** Whether the screen shows a prompt, and the ledger knows of no turn. */
const isAtRest = ({ classification, rows }: ScreenReading, state: string): boolean =>
  classification.label === 'idle' && state !== 'RUNNING' && footerHint(rows) === null;

const footerHint = (rows: readonly string[]): KeyHint | null =>
  stopHint(rows.filter((row) => row.trim() !== '').slice(-FOOTER_ROWS));

async function keysFor(
  app: AppContext,
  session: SessionRow,
  { interruptKeys, hasOwnKeys }: { interruptKeys: readonly string[] | null; hasOwnKeys?: boolean },
  { rows }: ScreenReading,
): Promise<string[]> {
  const shown = footerHint(rows)?.keys;
  const keys = hasOwnKeys ? interruptKeys : (shown ?? interruptKeys);
  if (keys) return [...keys];
  // A program that leaves its lines to the terminal gets its signal from it; another one reads the key itself, and
  // many end at C-c.
  const reads = await readsLines(app.tmux.of(session.id), session.tmux_pane).catch(() => true);
  return [reads ? CONTROL_C : 'Escape'];
}

/** How often in a row a screen must show no work: one that is half drawn shows none either. */
const READS_WITHOUT_WORK = 2;

interface Pressing {
  app: AppContext;
  session: SessionRow;
  read: Read;
  first: ScreenReading | null;
}

async function pressUntilItStops(pressing: Pressing, keys: readonly string[]): Promise<Stopped> {
  const { read, first } = pressing;
  const pressed: string[] = [];
  const wasSeen = first !== null && showsTurn(first);
  const tries = keys.includes(CONTROL_C) ? 1 : MOST_TRIES;
  for (let attempt = 0; attempt < tries; attempt++) {
    await pressOneByOne(pressing, keys, pressed);
    let without = 0;
    const { done, now } = await pollUntil(REACTION_MS / (attempt + 1), read, (now) => {
      if (now === null) return true;
      without = showsTurn(now) ? 0 : without + 1;
      return without >= READS_WITHOUT_WORK;
    });
    if (now === null) return { keys: pressed, ...unproven('its screen is gone: the program may have ended') };
    if (done && now.classification.label === 'exited')
      return { keys: pressed, ...unproven('the program has ended') };
    if (done && wasSeen) return { keys: pressed, delivery: 'delivered', reason: null };
    if (done) return { keys: pressed, ...unproven('the screen does not show whether it worked') };
  }
  return { keys: pressed, ...unproven('the screen shows that it goes on') };
}

/** Whether the screen shows work, a client that retries after a limit, a dialog, or how to stop a turn. */
const showsTurn = ({ classification, rows }: ScreenReading): boolean =>
  classification.label === 'working' ||
  classification.warnings.some(({ kind }) => kind === 'retrying') ||
  dialogOf(classification) !== null ||
  (classification.label !== 'idle' && footerHint(rows) !== null);

/**
 * Presses keys that must be read one by one. Two Escapes at once are read as one key with Alt, so the next one waits
 * until the screen asks for it, which some agents do for a fraction of a second.
 */
async function pressOneByOne(
  { app, session, read }: Pressing,
  keys: readonly string[],
  pressed: string[],
): Promise<void> {
  const tmux = app.tmux.of(session.id);
  const pane = session.tmux_pane;
  const look = async () => (await tmux.run(['capture-pane', '-p', '-t', pane])).split('\n');
  let key = keys[0];
  for (let count = 1; key !== undefined; count++) {
    pressed.push(key);
    await tmux.sendKeys(pane, [key]);
    const { now: rows, done } = await pollUntil(AGAIN_MS, look, (rows) => footerHint(rows)?.again === true);
    const asked = done ? footerHint(rows)?.keys[0] : undefined;
    const next = asked ?? keys[count];
    if (count >= MOST_KEYS || (next === CONTROL_C && pressed.includes(next))) return;
    if (asked === undefined && next !== undefined) {
      // A prompt that is back takes the second key for something else.
      const now = await read();
      if (now === null || !showsTurn(now)) return;
    }
    key = next;
  }
}
