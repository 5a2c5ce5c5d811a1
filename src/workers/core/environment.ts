import { everyCallersOwn } from '../../agents/callers-own.ts';
import type { CallersOwn } from '../../agents/contract/callers-own.ts';
import type { Env } from '../../config/paths.ts';

/** What no agent, but a terminal, git or a shell sets for the processes in it. */
const COMMON: readonly CallersOwn[] = [
  {
    reason:
      'git sets them for its hooks and helpers: a git in a worker would use the repository of the caller.',
    // `git rev-parse --local-env-vars` and githooks(5). Not GIT_CONFIG_COUNT: users and CI set it for every git.
    names: [
      'GIT_ALTERNATE_OBJECT_DIRECTORIES',
      'GIT_ATTR_SOURCE',
      'GIT_COMMON_DIR',
      'GIT_CONFIG',
      'GIT_CONFIG_PARAMETERS',
      'GIT_DIR',
      'GIT_GLOB_PATHSPECS',
      'GIT_GRAFT_FILE',
      'GIT_ICASE_PATHSPECS',
      'GIT_IMPLICIT_WORK_TREE',
      'GIT_INDEX_FILE',
      'GIT_INDEX_VERSION',
      'GIT_INTERNAL_SUPER_PREFIX',
      'GIT_LITERAL_PATHSPECS',
      'GIT_NAMESPACE',
      'GIT_NOGLOB_PATHSPECS',
      'GIT_NO_REPLACE_OBJECTS',
      'GIT_OBJECT_DIRECTORY',
      'GIT_PREFIX',
      'GIT_PUSH_OPTION_COUNT',
      'GIT_QUARANTINE_PATH',
      'GIT_REFLOG_ACTION',
      'GIT_REPLACE_REF_BASE',
      'GIT_SHALLOW_FILE',
      'GIT_SUPER_PREFIX',
      'GIT_WORK_TREE',
    ],
  },
  {
    reason: 'git sets them for the hooks of one commit: every commit of a worker would have its date.',
    names: ['GIT_AUTHOR_DATE', 'GIT_COMMITTER_DATE'],
  },
  {
    reason: "They describe the caller's terminal; a worker has one of its own, by tmux.",
    names: [
      'ALACRITTY_LOG',
      'ALACRITTY_SOCKET',
      'ALACRITTY_WINDOW_ID',
      'COLORFGBG',
      'COLUMNS',
      'GHOSTTY_BIN_DIR',
      'GHOSTTY_RESOURCES_DIR',
      'GNOME_TERMINAL_SCREEN',
      'GNOME_TERMINAL_SERVICE',
      'INSIDE_EMACS',
      'ITERM_PROFILE',
      'ITERM_SESSION_ID',
      'KITTY_LISTEN_ON',
      'KITTY_PID',
      'KITTY_WINDOW_ID',
      'KONSOLE_DBUS_SESSION',
      'KONSOLE_VERSION',
      'LC_TERMINAL',
      'LC_TERMINAL_VERSION',
      'LINES',
      'STY',
      'TERM',
      'TERMCAP',
      'TERMINAL_EMULATOR',
      'TERMINATOR_UUID',
      'TERMINFO',
      'TERM_FEATURES',
      'TERM_PROGRAM',
      'TERM_PROGRAM_VERSION',
      'TERM_SESSION_ID',
      'TILIX_ID',
      'TMUX',
      'TMUX_PANE',
      'TMUX_TMPDIR',
      'VSCODE_INJECTION',
      'VTE_VERSION',
      'WARP_IS_LOCAL_SHELL_SESSION',
      'WEZTERM_PANE',
      'WEZTERM_UNIX_SOCKET',
      'WINDOWID',
      'WT_PROFILE_ID',
      'WT_SESSION',
      'XTERM_VERSION',
      'ZED_TERM',
      'ZELLIJ',
      'ZELLIJ_PANE_ID',
      'ZELLIJ_SESSION_NAME',
    ],
  },
  {
    reason: 'A shell sets them for itself.',
    names: ['_', 'OLDPWD', 'PWD', 'SHLVL'],
  },
];

/**
 * Variables of one owner whose names cannot be listed: our own, which name the caller's home and session, shell
 * functions that bash exports, and the options of one `git push`.
 */
const OWNED = /^(?:AGENTPOOL_|BASH_FUNC_|GIT_PUSH_OPTION_\d)/;

/**
 * The environment of a worker: the caller's, without the variables that describe the caller itself. Each of those has
 * its reason: here, and in the folder of the agent that sets it.
 */
export async function workerEnvironment(env: Env): Promise<Record<string, string>> {
  const own = new Set([...COMMON, ...(await everyCallersOwn())].flatMap(({ names }) => names));
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value !== undefined && !own.has(name) && !OWNED.test(name) && !value.includes('\0')
        ? [[name, value]]
        : [],
    ),
  );
}
