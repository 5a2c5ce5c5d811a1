import Type, { type Static } from 'typebox';
import { checkRawKeys } from '../../config/policy.ts';
import { AgentPoolError } from '../../lib/errors.ts';
import { run } from '../../lib/process/run.ts';
import { flag, list, noted, text } from '../../lib/shapes.ts';
import { shellLine } from '../../lib/text/shell.ts';
import type { SessionRow } from '../../projections/sessions/queries.ts';
import type { AppContext } from '../core/context.ts';
import { record } from '../core/record.ts';
import { alone } from '../core/worker-lock.ts';

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

/** Sends raw keys, by tmux's names for them, if the policy allows it. */
export async function sendKeys(app: AppContext, session: SessionRow, keys: string[]): Promise<KeysSent> {
  const refusal = checkRawKeys(app.config.policy, session.id);
  if (refusal) {
    const { code, message, policy, example } = refusal;
    throw new AgentPoolError(code, message, { policy, session_id: session.id, example });
  }
  await alone(app, session.id, async () => {
    record(app, session.id, { kind: 'send_keys', keys });
    await app.tmux.of(session.id).sendKeys(session.tmux_pane, keys);
  });
  return { ok: true, session_id: session.id, keys };
}

/** How a person opens a worker's terminal. */
export function attachInfo(app: AppContext, session: SessionRow): AttachInfo {
  const command = app.tmux.of(session.id).attachCommand(session.tmux_session);
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

/** The same command for a person whose shell runs in a tmux of their own, which refuses to open another inside. */
export const attachLine = (app: AppContext, { attach_command }: AttachInfo): string =>
  app.env.TMUX ? `env -u TMUX ${attach_command}` : attach_command;

/**
 * Opens a worker's terminal in the terminal of this process, until the person detaches or the worker ends. Returns
 * tmux's exit code. @throws TMUX_FAILED if tmux cannot run
 */
export async function openTerminal(
  app: AppContext,
  session: SessionRow,
  signal?: AbortSignal,
): Promise<number> {
  const [command = 'tmux', ...words] = app.tmux.of(session.id).attachCommand(session.tmux_session);
  // In a tmux of the person's own, the one of the worker would refuse to open.
  const { TMUX: _, TMUX_PANE: __, ...env } = app.env;
  const { code, error } = await run(command, words, { env, terminal: true, ...(signal && { signal }) });
  if (code !== null) return code;
  throw new AgentPoolError(
    'TMUX_FAILED',
    `The terminal of ${session.id} could not be opened: ${error?.message ?? 'tmux was ended'}`,
    { said: '', code, session_id: session.id, example: 'agentpool doctor' },
  );
}
