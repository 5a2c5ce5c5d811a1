import type { ErrorEntries } from './entry.ts';

/** Errors about starting workers, and about the processes that run them. */
export const starts = {
  PROVIDER_NOT_FOUND: {
    kind: 'usage',
    means: 'No agent has this name.',
    fix: '`agentpool providers` lists the agents. Define your own in `custom_providers` of config.yaml.',
  },
  PROVIDER_DISABLED: {
    kind: 'rejected',
    means: 'This agent is disabled in config.yaml.',
    fix: 'Set `providers.NAME.enabled` to true, or use another agent.',
  },
  ACCOUNT_NOT_FOUND: {
    kind: 'usage',
    means: 'config.yaml has no account of this name for this agent.',
    fix: 'List the accounts with `agentpool accounts list`, or add one: `agentpool accounts add PROVIDER NAME`.',
  },
  PROVIDER_NOT_INSTALLED: {
    kind: 'rejected',
    means: 'The program of this agent was not found on PATH or in its usual folders.',
    fix: 'Install it, or set `providers.NAME.binary_candidates`. `agentpool doctor` lists the folders that were searched.',
  },
  NO_REHEARSAL: {
    kind: 'rejected',
    means:
      '`agentpool detectors check` cannot check this agent: AgentPool does not know how to run it against a mock of its model.',
    fix: 'The message lists the agents that can be checked. For another one, `agentpool explain SESSION` shows how its screen is read.',
  },
  POLICY_BLOCKED: {
    kind: 'rejected',
    means:
      'The policy in config.yaml forbids this, for example an agent, the number of parallel workers, a usage limit or raw keys.',
    fix: 'The message names the key under `policy`. Change it if you want to allow this.',
  },
  SPAWN_FAILED: {
    kind: 'rejected',
    means: 'The worker could not be started. Everything created for it was removed.',
    fix: '`agentpool session show @last` has the reason, and `agentpool doctor` checks the setup.',
  },
  SPAWNER_DIED: {
    kind: 'conflict',
    means: 'The command that started the worker was killed before it finished.',
    fix: 'Everything created for the worker was removed. Spawn it again.',
  },
  CWD_NOT_FOUND: {
    kind: 'rejected',
    means: 'The working folder of the worker does not exist, or cannot be entered.',
    fix: 'Name an existing folder: `--repo FOLDER`.',
  },
  CWD_WRONG: {
    kind: 'rejected',
    means: 'The worker would have run in another folder than its own, so it was not started.',
    fix: 'Check that you may enter the folder in the message. If you may, this is a bug in AgentPool: please report it.',
  },
  TASKS_INVALID: {
    kind: 'usage',
    means: 'The file of `agentpool run --tasks` has mistakes. No task was started.',
    fix: 'The message lists each with its line, and what to write instead. docs/batch.md describes the file.',
  },
  TASKS_RUN_ELSEWHERE: {
    kind: 'conflict',
    means: 'Another `agentpool run --tasks` works on the same file.',
    fix: 'Let it run, or end it with Ctrl-C and run the file again: it continues where it stopped.',
  },
  TASK_STARTED_ELSEWHERE: {
    kind: 'conflict',
    means: 'Another process has started this task of the file, so no second worker was started for it.',
    fix: 'Nothing to do. If you run the file again, it watches the worker that runs.',
  },
  SMOKE_TIMEOUT: {
    kind: 'rejected',
    means: 'The test worker did not reach the expected state in time.',
    fix: 'On a slow machine, raise the limit: `--timeout 300`. Otherwise see `agentpool watcher log` and `agentpool explain @last`.',
  },
  SMOKE_NEEDS_A_PERSON: {
    kind: 'rejected',
    means:
      'The agent waits for something that only its owner should answer: a login, its terms, trust in a folder.',
    fix: 'Start the agent once by hand, answer the question, and try again.',
  },
  PROMPT_ALREADY_DELIVERED: {
    kind: 'conflict',
    means: 'The task was already delivered to the worker.',
    fix: 'Nothing to do: two processes tried to deliver it, and the other one was first.',
  },
  MESSAGE_NOT_PENDING: {
    kind: 'rejected',
    means: 'The delivery of a message was reported, but no message was pending.',
    fix: 'Nothing to do: another process has recorded the delivery.',
  },
  OBSERVATION_IGNORED: {
    kind: 'rejected',
    means:
      "What the screen shows does not lead to a new state from the worker's current one, so it was not recorded.",
    fix: 'Nothing to do. `agentpool explain` shows the screen and its classification.',
  },
  INVALID_TRANSITION: {
    kind: 'rejected',
    means: 'This transition is not allowed from the current state of the worker.',
    fix: 'Check the state: `agentpool session show @last`.',
  },
  DEADLINE_NOT_PASSED: {
    kind: 'rejected',
    means: "The worker's deadline has not passed yet.",
    fix: 'Nothing to do: the watcher checks again.',
  },
  WATCHER_RUNS: {
    kind: 'conflict',
    means: 'A watcher already runs for this AGENTPOOL_HOME.',
    fix: 'Nothing to do: one is enough. `agentpool watcher status` shows it.',
  },
  WATCHER_SUPERSEDED: {
    kind: 'conflict',
    means: 'Another watcher has replaced this one.',
    fix: 'Nothing to do: the new watcher continues the work.',
  },
  TMUX_NOT_FOUND: {
    kind: 'rejected',
    means: 'tmux is not installed, or not on PATH. Workers run in tmux.',
    fix: 'Debian, Ubuntu: `sudo apt-get install tmux`; Fedora: `sudo dnf install tmux`; macOS: `brew install tmux`.',
  },
  TMUX_FAILED: {
    kind: 'rejected',
    means: 'A tmux command failed. The message has its output.',
    fix: '`agentpool doctor` checks tmux. Versions before 3.2 are too old.',
  },
  PIPE_FAILED: {
    kind: 'internal',
    means: "A named pipe for a worker's output could not be made.",
    fix: 'The message says why. `agentpool doctor` checks the free disk space and the rights of AGENTPOOL_HOME.',
  },
  BAD_SESSION_NAME: {
    kind: 'internal',
    means: 'tmux does not accept this session name.',
    fix: 'This is a bug in AgentPool. Please report it.',
  },
  SOCKET_FOLDER_NOT_OURS: {
    kind: 'rejected',
    means: "The folder for tmux's socket belongs to another user.",
    fix: 'Another user created it in the temporary folder. Set TMPDIR to a folder of your own.',
  },
} as const satisfies ErrorEntries;
