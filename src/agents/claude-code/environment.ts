import type { CallersOwn } from '../contract/callers-own.ts';

/**
 * What Claude Code sets for the commands, hooks and helpers that it starts (read in the binary of 2.1.332, which keeps
 * such lists itself). Not here, because they configure it: CLAUDE_CONFIG_DIR, CLAUDE_CODE_OAUTH_TOKEN, the switches
 * CLAUDE_CODE_USE_BEDROCK, _VERTEX, _FOUNDRY, _MANTLE and their CLAUDE_CODE_SKIP_*_AUTH, models, limits, proxies and
 * certificates, every CLAUDE_CODE_DISABLE_* and every ANTHROPIC_*.
 */
export const callersOwn: readonly CallersOwn[] = [
  {
    reason:
      'Claude refuses to start, or keeps no session, where it takes itself for a child of another Claude.',
    names: [
      'CLAUDECODE',
      'AI_AGENT',
      'CLAUDE_CODE_ENTRYPOINT',
      'CLAUDE_CODE_CHILD_SESSION',
      'CLAUDE_CODE_CHILD_NOTES_DIR',
      'CLAUDE_CODE_EXECPATH',
      'CLAUDE_CODE_INVOKED_SKILLS',
      'CLAUDE_CODE_LAUNCHED_BY_SESSION_IDS',
      'CLAUDE_CODE_SESSION_ATTENDED',
      'CLAUDE_CODE_SESSION_ID',
      'CLAUDE_CODE_SESSION_KIND',
      'CLAUDE_CODE_SESSION_NAME',
      'CLAUDE_CODE_STARTER_MAY_HOLD_CONNECTOR_FILE',
      'CLAUDE_EFFORT',
      'CLAUDE_PID',
      'TRACEPARENT',
    ],
  },
  {
    reason:
      'They name the folders of the hook, plugin or skill that the caller runs, and of its temporary files.',
    names: [
      'CLAUDE_CODE_TMPDIR',
      'CLAUDE_ENV_FILE',
      'CLAUDE_JOB_DIR',
      'CLAUDE_PLUGIN_DATA',
      'CLAUDE_PLUGIN_ROOT',
      'CLAUDE_PROJECT_DIR',
      'CLAUDE_SKILL_DIR',
    ],
  },
  {
    reason: 'They connect one session to its editor, and a worker would be steered by the same editor.',
    names: ['CLAUDE_CODE_AUTO_CONNECT_IDE', 'CLAUDE_CODE_SSE_PORT', 'FORCE_CODE_TERMINAL'],
  },
  {
    reason:
      'They belong to a session that a program, a team or a remote host drives: its ids, sockets and tokens.',
    names: [
      'CLAUDE_AGENT_SDK_CLIENT_APP',
      'CLAUDE_AGENT_SDK_VERSION',
      'CLAUDE_BG_BACKEND',
      'CLAUDE_BG_PTY_AUTH',
      'CLAUDE_BG_RV_AUTH',
      'CLAUDE_BG_SOCKET_TOKENS_PATH',
      'CLAUDE_BG_SOURCE',
      'CLAUDE_BG_WORKSPACE_TRUSTED',
      'CLAUDE_BRIDGE_REATTACH_SEQ',
      'CLAUDE_BRIDGE_REATTACH_SESSION',
      'CLAUDE_CODE_CONTAINER_ID',
      'CLAUDE_CODE_COORDINATOR_MODE',
      'CLAUDE_CODE_ENVIRONMENT_KIND',
      'CLAUDE_CODE_MESSAGING_SOCKET',
      'CLAUDE_CODE_MESSAGING_TOKEN',
      'CLAUDE_CODE_REMOTE',
      'CLAUDE_CODE_REMOTE_ENVIRONMENT_TYPE',
      'CLAUDE_CODE_REMOTE_SESSION_ID',
      'CLAUDE_CODE_RUNNER_MODEL_SOCKET',
      'CLAUDE_CODE_SESSION_ACCESS_TOKEN',
      'CLAUDE_CODE_WORKER_EPOCH',
      'CLAUDE_SESSION_INGRESS_TOKEN_FILE',
    ],
  },
  {
    reason: 'They name open files of the caller, which a worker does not have.',
    names: [
      'CLAUDE_CODE_API_KEY_FILE_DESCRIPTOR',
      'CLAUDE_CODE_GATEWAY_TOKEN_FILE_DESCRIPTOR',
      'CLAUDE_CODE_OAUTH_TOKEN_FILE_DESCRIPTOR',
      'CLAUDE_CODE_WEBSOCKET_AUTH_FILE_DESCRIPTOR',
      'CLAUDE_RUNNER_ACTIVITY_FD',
    ],
  },
  {
    reason:
      'A Claude that starts itself again sets them: how it ran before, and whether it runs in a sandbox.',
    names: [
      'CLAUDE_CODE_RELAUNCH_BYPASS_SWITCH',
      'CLAUDE_CODE_RELAUNCH_HOME_TRUST',
      'CLAUDE_CODE_RELAUNCH_RESUME_HINT_FLAGS',
      'CLAUDE_CODE_RELAUNCH_SANDBOX_HOLD',
      'CLAUDE_CODE_RELAUNCH_SEAT_LAUNCH',
      'CLAUDE_CODE_RELAUNCH_TERMINAL_SIZE',
      'CLAUDE_CODE_RESUME_HINT_COMMAND',
      'CLAUDE_CODE_RESUME_INTERRUPTED_TURN',
      'CLAUDE_CODE_RESUME_PROMPT',
      'CLAUDE_CODE_SANDBOXED',
      'CLAUDE_RELAUNCH_SESSION_ADD_DIRS',
    ],
  },
  {
    reason: 'They name the terminal multiplexer that the caller runs in.',
    names: ['CLAUDE_CODE_TMUX_PREFIX', 'CLAUDE_CODE_TMUX_PREFIX_CONFLICTS', 'CLAUDE_CODE_TMUX_SESSION'],
  },
];
