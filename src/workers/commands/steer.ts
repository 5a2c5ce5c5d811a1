import { setTimeout as sleep } from 'node:timers/promises';
import Type, { type Static } from 'typebox';
import { runnableAgent } from '../../agents/registry.ts';
import { checkRawKeys } from '../../config/policy.ts';
import { WorkerState } from '../../events/catalogue/worker.ts';
import { AgentPoolError } from '../../lib/errors.ts';
import { flag, list, noted, text } from '../../lib/shapes.ts';
import { shellLine } from '../../lib/text/shell.ts';
import type { SessionRow } from '../../projections/sessions/queries.ts';
import type { AppContext } from '../core/context.ts';
import { record, workerOf } from '../core/record.ts';
import { type ScreenReading, screenReader, seenOrGone } from '../sight/look.ts';

export const Interruption = Type.Union(
  [
    Type.Object({ ok: Type.Literal(true), session_id: text, state: WorkerState }),
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

export const KeysSent = Type.Object({ ok: Type.Literal(true), session_id: text, keys: list(text) });
export type KeysSent = Static<typeof KeysSent>;

export const AttachInfo = Type.Object(
  {
    session_id: text,
    runtime: text,
    attach_kind: Type.Literal('tmux'),
    can_attach: noted(flag, 'Whether its terminal exists.'),
    attach_command: text,
    tmux_session: text,
    pane_target: text,
    commands: Type.Null(),
  },
  { description: 'The command that opens the terminal of a worker, for a person.' },
);
export type AttachInfo = Static<typeof AttachInfo>;

/** Stops a worker's turn with the key of its agent. The worker stays alive. */
export async function interruptWorker(
  app: AppContext,
  session: SessionRow,
): Promise<{ ok: true; session_id: string; state: WorkerState }> {
  const keys = [...(await runnableAgent(app.config, session.provider_id)).interruptKeys];
  record(app, session.id, { kind: 'interrupt', keys });
  await pressUntilItStops(app, session, keys);
  return { ok: true, session_id: session.id, state: workerOf(app, session.id).state ?? session.state };
}

/** How long an agent may take to show that it has read a key, in milliseconds. */
const READ_MS = 1000;
/** How long it may take to begin a turn, and to end one, in milliseconds. */
const REACTION_MS = 3000;
const MOST_PRESSES = 3;

/**
 * Presses the keys while the screen shows that the worker works, and not once more: at a prompt they may mean
 * something else. Waits first for a worker that has just got a message, because a key that comes too early is lost.
 */
async function pressUntilItStops(
  app: AppContext,
  session: SessionRow,
  keys: readonly string[],
): Promise<void> {
  const look = screenReader(app, session);
  if (session.state === 'RUNNING')
    await seenOrGone(REACTION_MS, look, ({ classification }) => classification.label !== 'idle');
  for (let press = 0; press < MOST_PRESSES; press++) {
    await pressOneByOne(app, session.tmux_pane, keys);
    if (await seenOrGone(REACTION_MS, look, (now) => !isAtWork(now))) return;
  }
}

/** Whether the screen shows work, or a client that retries after a limit. */
const isAtWork = ({ classification: { label, warnings } }: ScreenReading): boolean =>
  label === 'working' || warnings.some(({ kind }) => kind === 'retrying');

/**
 * Presses keys that must be read one by one. Two Escapes at once are read as one key with Alt, so the next one waits
 * until the screen shows that the previous one was read.
 */
async function pressOneByOne({ tmux }: AppContext, pane: string, keys: readonly string[]): Promise<void> {
  const look = () => tmux.run(['capture-pane', '-p', '-t', pane]);
  for (const [index, key] of keys.entries()) {
    const before = await look();
    await tmux.sendKeys(pane, [key]);
    const deadline = Date.now() + READ_MS;
    while (index < keys.length - 1 && Date.now() < deadline && (await look()) === before) await sleep(25);
  }
}

/** Sends raw keys, by tmux's names for them, if the policy allows it. */
export async function sendKeys(app: AppContext, session: SessionRow, keys: string[]): Promise<KeysSent> {
  const refusal = checkRawKeys(app.config.policy, session.id);
  if (refusal) {
    const { code, message, policy, example } = refusal;
    throw new AgentPoolError(code, message, { policy, session_id: session.id, example });
  }
  record(app, session.id, { kind: 'send_keys', keys });
  await app.tmux.sendKeys(session.tmux_pane, keys);
  return { ok: true, session_id: session.id, keys };
}

/** How a person opens a worker's terminal. */
export function attachInfo(app: AppContext, session: SessionRow): AttachInfo {
  const command = app.tmux.attachCommand(session.tmux_session);
  return {
    session_id: session.id,
    runtime: session.runtime,
    attach_kind: 'tmux',
    can_attach: session.alive === 1,
    attach_command: shellLine(command),
    tmux_session: session.tmux_session,
    pane_target: session.tmux_pane,
    commands: null,
  };
}
