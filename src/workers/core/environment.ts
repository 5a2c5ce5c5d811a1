import type { Env } from '../../config/paths.ts';

/** Set by a terminal, an agent or AgentPool for itself: a worker that inherits them takes itself for its caller. */
const PRIVATE =
  /^(CLAUDE|AGENTPOOL_|CODEX_SANDBOX|CURSOR_(?!API_KEY$)|TMUX|TERM|COLUMNS$|LINES$|PWD$|OLDPWD$|SHLVL$|_$|BASH_FUNC_)/;

/**
 * What a worker finds in its environment: the caller's, without what belongs to the caller alone. Claude refuses to
 * run inside Claude, for one.
 */
export function workerEnvironment(env: Env): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value !== undefined && !PRIVATE.test(name) && !value.includes('\0') ? [[name, value]] : [],
    ),
  );
}
