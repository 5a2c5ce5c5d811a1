import { shellLine } from '../../lib/text/shell.ts';
import type { LaunchRequest } from './launch.ts';
import type { SignalKind } from './signal-kinds.ts';

/** The words that give a signal of that kind; null where the user has switched signals off. */
export type SignalCommand = LaunchRequest['signal'];

const HOOKS: Record<string, SignalKind> = {
  UserPromptSubmit: 'turn_started',
  PermissionRequest: 'approval_wanted',
  Stop: 'turn_ended',
  StopFailure: 'turn_failed',
};

/** Hooks in Claude's shape, which Droid shares; they are added to the user's own. Each is one shell command. */
export function claudeHooks(
  signal: NonNullable<SignalCommand>,
  events: readonly string[] = Object.keys(HOOKS),
) {
  return Object.fromEntries(
    events.flatMap((event) => {
      const kind = HOOKS[event];
      const hook = kind && { type: 'command', command: shellLine(signal(kind)), timeout: 5 };
      return hook ? [[event, [{ hooks: [hook] }]]] : [];
    }),
  );
}
