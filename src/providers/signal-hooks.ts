import type { LaunchRequest } from './provider.ts';

/** The words that give a signal of that kind; null where the user has switched signals off. */
export type SignalCommand = LaunchRequest['signal'];

const HOOKS: Record<string, string> = {
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
  const hook = (kind: string) => ({
    type: 'command',
    command: signal(kind).map(quoted).join(' '),
    timeout: 5,
  });
  return Object.fromEntries(events.map((event) => [event, [{ hooks: [hook(HOOKS[event] ?? '')] }]]));
}

const quoted = (word: string): string =>
  /^[\w./:@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
