import Type, { type Static } from 'typebox';
import { checkRawKeys } from '../../config/policy.ts';
import { AgentPoolError } from '../../lib/errors.ts';
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
