import { readPreferences } from '../config/preferences.ts';
import { sessionJson } from '../projections/session-json.ts';
import type { House } from './house.ts';
import { sessionNamed } from './named-session.ts';
import { shellWords } from './shell-words.ts';

/** What a spawn prints: the session, and how it can be steered. */
export function spawnReport(house: House, id: string) {
  const session = sessionNamed(house, id);
  const { text: _text, ...preferences } = readPreferences(house.paths.preferences);
  return {
    session_id: id,
    session: sessionJson(session),
    attach_command: shellWords(house.tmux.attachCommand(session.tmux_session)),
    live_control: {
      attach_kind: 'tmux',
      can_attach: true,
      can_capture_screen: true,
      can_interrupt: true,
      can_send_keys: house.config.policy.allow_raw_keys,
      can_send_message: true,
      initial_prompt_mode: session.initial_prompt_mode,
    },
    preferences,
  };
}
