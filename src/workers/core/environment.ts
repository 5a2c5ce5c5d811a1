import type { Env } from '../../config/paths.ts';

/** Set by a terminal, an agent or AgentPool for itself: a worker that inherits them mistakes itself for its caller. */
const PRIVATE =
  /^(CLAUDE|AGENTPOOL_|CODEX_SANDBOX|CURSOR_(?!API_KEY$)|TMUX|TERM|COLUMNS$|LINES$|PWD$|OLDPWD$|SHLVL$|_$|BASH_FUNC_)/;

/**
 * The environment of a worker: the caller's, without the variables that describe the caller itself. Claude, for
 * example, refuses to run inside Claude.
 */
export function workerEnvironment(env: Env): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value !== undefined && !PRIVATE.test(name) && !value.includes('\0') ? [[name, value]] : [],
    ),
  );
}
