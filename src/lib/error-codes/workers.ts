import type { ErrorEntries } from './entry.ts';

/** Errors about workers. */
export const workers = {
  TMUX_SESSION_NOT_FOUND: {
    kind: 'rejected',
    means: 'No worker id is, or starts with, this text.',
    fix: '`agentpool sessions` lists the workers; `@last` is the newest.',
  },
  SESSION_NOT_FOUND: {
    kind: 'rejected',
    means: 'The ledger has no worker with this id.',
    fix: '`agentpool sessions --all` lists all workers. Another AGENTPOOL_HOME has another ledger.',
  },
  SESSION_AMBIGUOUS: {
    kind: 'rejected',
    means: 'Several worker ids start with this text.',
    fix: 'Type more characters of the id. The message lists the candidates.',
  },
  SESSION_EXISTS: {
    kind: 'conflict',
    means: 'A worker with this id was already requested.',
    fix: 'AgentPool assigns the ids, so only a partial import causes this. Run `agentpool ledger verify`.',
  },
  SESSION_ENDED: {
    kind: 'rejected',
    means: "The worker's process has ended, so it accepts no more commands.",
    fix: '`agentpool collect` still collects its output. Spawn another worker for more work.',
  },
  SESSION_ENDING: {
    kind: 'conflict',
    means: 'The worker is being terminated.',
    fix: 'Wait a moment, then check: `agentpool session show @last`.',
  },
  MAX_TURNS_REACHED: {
    kind: 'rejected',
    means: 'The worker has received as many messages as `--max-turns` allows.',
    fix: 'Collect its output, then spawn another worker with more turns.',
  },
  DIALOG_WAITS: {
    kind: 'rejected',
    means: "The worker's screen shows a dialog, and the message would be typed into it.",
    fix: '`agentpool explain` shows the dialog, `agentpool answer` picks a choice. `agentpool send --force` sends the message anyway.',
  },
  NO_DIALOG: {
    kind: 'rejected',
    means: "The worker's screen shows no dialog, so there is nothing to choose.",
    fix: '`agentpool explain` shows the screen. Answer a question with `agentpool send`.',
  },
  CHOICE_NOT_FOUND: {
    kind: 'rejected',
    means: 'No choice of the dialog has this number or exactly this text.',
    fix: 'The message lists the choices.',
  },
  CHOICE_TAKES_NO_TEXT: {
    kind: 'rejected',
    means: 'This choice has no text field.',
    fix: 'Answer without `--text`, then send the text as a message: `agentpool send @last "..."`.',
  },
  DIALOG_STUCK: {
    kind: 'rejected',
    means: 'The key for the choice was pressed, but the dialog did not react as expected.',
    fix: 'Check the screen yourself: `agentpool attach @last`. If AgentPool misread it, add the output of `agentpool explain --json` to a bug report.',
  },
  OVERAGE_NEEDS_A_PERSON: {
    kind: 'rejected',
    means: 'The dialog asks to pay beyond the subscription. Only a person may decide that.',
    fix: 'Open the terminal with `agentpool attach @last` and answer there.',
  },
  SCREEN_NOT_READ: {
    kind: 'rejected',
    means: 'A screen file could not be read.',
    fix: 'The message has the reason.',
  },
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
  PROVIDER_NOT_INSTALLED: {
    kind: 'rejected',
    means: 'The program of this agent was not found on PATH or in its usual folders.',
    fix: 'Install it, or set `providers.NAME.binary_candidates`. `agentpool doctor` lists the folders that were searched.',
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
    means: 'The working folder of the worker does not exist.',
    fix: 'Name an existing folder: `--repo FOLDER`.',
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
  TMUX_GONE: {
    kind: 'rejected',
    means: "The worker's terminal has closed.",
    fix: '`agentpool session show @last` shows how the worker ended.',
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
