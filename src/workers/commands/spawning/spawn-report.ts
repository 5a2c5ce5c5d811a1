import { readFileSync } from 'node:fs';
import Type, { type Static } from 'typebox';
import { readPreferences } from '../../../config/preferences.ts';
import { Preferences } from '../../../config/preferences-schema.ts';
import { flag, list, noted, text } from '../../../lib/shapes.ts';
import { shellLine } from '../../../lib/text/shell.ts';
import { sessionJson } from '../../../projections/sessions/json.ts';
import { Session } from '../../../projections/sessions/schema.ts';
import { troublesIn } from '../../../projections/troubles.ts';
import { artifactPaths } from '../../../workspace/artifacts.ts';
import type { Baseline } from '../../../workspace/changes/baseline.ts';
import type { AppContext } from '../../core/context.ts';
import { sessionNamed } from '../../core/sessions/named-session.ts';
import { headroomWarnings } from '../../queries/headroom-warnings.ts';

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
    warnings: noted(
      list(text),
      'How little is left of its subscription, and what differs from a usual checkout.',
    ),
  },
  { description: 'The worker that was started or, with --queue, waits for its start; and how to steer it.' },
);
export type SpawnReport = Static<typeof SpawnReport>;

/** What a spawn prints about the worker that it started. */
export function spawnReport(app: AppContext, id: string): SpawnReport {
  const session = sessionNamed(app, id);
  const isStarted = session.state !== 'QUEUED';
  const { text: _text, ...preferences } = readPreferences(app.paths.preferences);
  return {
    session_id: id,
    session: sessionJson(session, troublesIn(app.ledger)(id)),
    attach_command: shellLine(app.tmux.of(session.id).attachCommand(session.tmux_session)),
    live_control: {
      attach_kind: 'tmux',
      can_attach: isStarted,
      can_capture_screen: isStarted,
      can_interrupt: isStarted,
      can_send_keys: isStarted && app.config.policy.allow_raw_keys,
      can_send_message: isStarted,
      initial_prompt_mode: session.initial_prompt_mode,
    },
    preferences,
    warnings: [
      ...headroomWarnings(app, session),
      ...(isStarted ? startWarnings(artifactPaths(app.paths.artifacts, id).baseline) : []),
    ],
  };
}

function startWarnings(file: string): string[] {
  const baseline = JSON.parse(readFileSync(file, 'utf8')) as Baseline;
  return baseline.is_repo ? baseline.warnings : [];
}
