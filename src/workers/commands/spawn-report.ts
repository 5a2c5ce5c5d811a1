import Type, { type Static } from 'typebox';
import { readPreferences } from '../../config/preferences.ts';
import { Preferences } from '../../config/preferences-schema.ts';
import { flag, noted, text } from '../../lib/shapes.ts';
import { shellLine } from '../../lib/text/shell.ts';
import { sessionJson } from '../../projections/sessions/json.ts';
import { Session } from '../../projections/sessions/schema.ts';
import type { AppContext } from '../core/context.ts';
import { sessionNamed } from '../core/named-session.ts';

/** What a spawn prints: the session, and how to steer it. */
export const SpawnReport = Type.Object(
  {
    session_id: text,
    session: Session,
    attach_command: noted(text, 'Opens its terminal, for a person.'),
    live_control: Type.Object({
      attach_kind: Type.Literal('tmux'),
      can_attach: flag,
      can_capture_screen: flag,
      can_interrupt: flag,
      can_send_keys: noted(flag, 'Whether policy.allow_raw_keys allows `keys`.'),
      can_send_message: flag,
      initial_prompt_mode: text,
    }),
    preferences: Preferences,
  },
  { description: 'The worker that was started, and how to steer it.' },
);
export type SpawnReport = Static<typeof SpawnReport>;

/** What a spawn prints about the worker that it started. */
export function spawnReport(app: AppContext, id: string): SpawnReport {
  const session = sessionNamed(app, id);
  const { text: _text, ...preferences } = readPreferences(app.paths.preferences);
  return {
    session_id: id,
    session: sessionJson(session),
    attach_command: shellLine(app.tmux.attachCommand(session.tmux_session)),
    live_control: {
      attach_kind: 'tmux',
      can_attach: true,
      can_capture_screen: true,
      can_interrupt: true,
      can_send_keys: app.config.policy.allow_raw_keys,
      can_send_message: true,
      initial_prompt_mode: session.initial_prompt_mode,
    },
    preferences,
  };
}
