import type { ErrorEntries } from './entry.ts';

/** Errors about workers. */
export const workers = {
  TMUX_SESSION_NOT_FOUND: {
    kind: 'rejected',
    means: 'No worker has this id, or one that begins like this.',
    mend: '`agentpool sessions` lists them; `@last` is the newest.',
  },
  SESSION_NOT_FOUND: {
    kind: 'rejected',
    means: 'The ledger has never heard of this worker.',
    mend: '`agentpool sessions --all` lists them all. Another AGENTPOOL_HOME has another ledger.',
  },
  SESSION_AMBIGUOUS: {
    kind: 'rejected',
    means: 'Several workers have an id that begins like this.',
    mend: 'Give more of it; the message lists them.',
  },
  SESSION_EXISTS: {
    kind: 'conflict',
    means: 'A worker of this id was asked for before.',
    mend: 'Ids are given by AgentPool; only an import that was cut up makes this. `agentpool ledger verify` looks.',
  },
  SESSION_ENDED: {
    kind: 'rejected',
    means: "The worker's process runs no more, so nothing can be done to it.",
    mend: '`agentpool collect` still gathers what it made; spawn another one for more work.',
  },
  SESSION_ENDING: {
    kind: 'conflict',
    means: 'The worker is just being ended.',
    mend: 'Wait a moment, then look: `agentpool session show @last`.',
  },
  MAX_TURNS_REACHED: {
    kind: 'rejected',
    means: 'The worker has had as many messages as `--max-turns` allowed.',
    mend: 'Collect it and spawn another one, with more turns.',
  },
  DIALOG_WAITS: {
    kind: 'rejected',
    means: "A dialog waits on the worker's screen: a message would be typed into it.",
    mend: '`agentpool explain` shows it, `agentpool answer` takes a choice. `send --force` types all the same.',
  },
  NO_DIALOG: {
    kind: 'rejected',
    means: "No dialog stands on the worker's screen, so there is no choice to take.",
    mend: '`agentpool explain` shows what is there; `agentpool send` answers a question.',
  },
  CHOICE_NOT_FOUND: {
    kind: 'rejected',
    means: 'No choice of the dialog has this number, or exactly these words.',
    mend: 'The message lists the choices.',
  },
  CHOICE_TAKES_NO_TEXT: {
    kind: 'rejected',
    means: 'The choice is taken by pressing it, and has no place for words.',
    mend: 'Take it without them, and send them as a message afterwards: `agentpool send @last "..."`.',
  },
  DIALOG_STUCK: {
    kind: 'rejected',
    means: 'The choice was pressed, but the dialog did not do what it should.',
    mend: 'Look yourself: `agentpool attach @last`. If the screen was misread, `agentpool explain --json` belongs into a bug report.',
  },
  OVERAGE_NEEDS_A_PERSON: {
    kind: 'rejected',
    means: 'The dialog is about paying beyond the subscription. Only a person may decide that.',
    mend: '`agentpool attach @last` opens the terminal.',
  },
  SCREEN_NOT_READ: {
    kind: 'rejected',
    means: 'A file with a screen could not be read.',
    mend: 'The message has the reason.',
  },
  PROVIDER_NOT_FOUND: {
    kind: 'usage',
    means: 'No agent of this name is known.',
    mend: '`agentpool providers` lists them; your own are `custom_providers` of config.yaml.',
  },
  PROVIDER_DISABLED: {
    kind: 'rejected',
    means: 'config.yaml switches this agent off.',
    mend: 'Set `providers.NAME.enabled` to true, or use another one.',
  },
  PROVIDER_NOT_INSTALLED: {
    kind: 'rejected',
    means: 'The program of this agent was not found in PATH, nor where it usually lies.',
    mend: 'Install it, or name it in `providers.NAME.binary_candidates`. `agentpool doctor` shows where was looked.',
  },
  POLICY_BLOCKED: {
    kind: 'rejected',
    means:
      'The policy of config.yaml forbids this: which agents, how many at once, at which limits, raw keys.',
    mend: 'The message names the key under `policy`. Change it there if you want it otherwise.',
  },
  SPAWN_FAILED: {
    kind: 'rejected',
    means: 'The worker could not be started; what had been made of it was taken back.',
    mend: '`agentpool session show @last` has the reason. If it is not yours to mend, `agentpool doctor` looks at the rest.',
  },
  SPAWNER_DIED: {
    kind: 'conflict',
    means: 'The command that was starting the worker was killed before it was done.',
    mend: 'Nothing is left of it. Spawn again.',
  },
  CWD_NOT_FOUND: {
    kind: 'rejected',
    means: 'The folder that the worker should start in is not there.',
    mend: 'Name a folder that is: `--repo FOLDER`.',
  },
  SMOKE_TIMEOUT: {
    kind: 'rejected',
    means: 'The trial worker did not come as far as it should in time.',
    mend: 'On a slow machine: `--timeout 300`. Else `agentpool watcher log` and `agentpool explain @last` show where it stands.',
  },
  SMOKE_NEEDS_A_PERSON: {
    kind: 'rejected',
    means:
      'The agent waits at something that only its owner should answer: a login, its terms, trust in a folder.',
    mend: 'Start the agent once by hand, answer it, and try again.',
  },
  PROMPT_ALREADY_DELIVERED: {
    kind: 'conflict',
    means: 'The worker has its task already.',
    mend: 'Nothing: two processes came to deliver it, and one was first.',
  },
  MESSAGE_NOT_PENDING: {
    kind: 'rejected',
    means: 'The message was told to have arrived, but none was on its way.',
    mend: 'Nothing: another process has recorded it.',
  },
  OBSERVATION_IGNORED: {
    kind: 'rejected',
    means: "What was seen on the screen does not follow from the worker's state, and stays out of the log.",
    mend: 'Nothing. `agentpool explain` shows what is seen.',
  },
  INVALID_TRANSITION: {
    kind: 'rejected',
    means: 'From the state that the worker is in, this does not follow.',
    mend: 'Look how it stands: `agentpool session show @last`.',
  },
  DEADLINE_NOT_PASSED: {
    kind: 'rejected',
    means: "The worker's time is not up yet.",
    mend: 'Nothing: the watcher looks again.',
  },
  WATCHER_RUNS: {
    kind: 'conflict',
    means: 'Another process watches the workers of this home already.',
    mend: 'Nothing: one is enough. `agentpool watcher status` shows it.',
  },
  WATCHER_SUPERSEDED: {
    kind: 'conflict',
    means: 'Another watcher has taken over from this one.',
    mend: 'Nothing: that one goes on.',
  },
  TMUX_NOT_FOUND: {
    kind: 'rejected',
    means: 'tmux is not installed, or not in PATH. Workers run in it.',
    mend: 'Debian, Ubuntu: `sudo apt-get install tmux`; Fedora: `sudo dnf install tmux`; macOS: `brew install tmux`.',
  },
  TMUX_FAILED: {
    kind: 'rejected',
    means: 'tmux refused a command; the message has its words.',
    mend: '`agentpool doctor` looks at tmux. A version before 3.0 is too old.',
  },
  TMUX_GONE: {
    kind: 'rejected',
    means: "The worker's terminal has ended meanwhile.",
    mend: '`agentpool session show @last` says how the worker ended.',
  },
  BAD_SESSION_NAME: {
    kind: 'internal',
    means: 'tmux can not give a session this name.',
    mend: 'A fault of AgentPool: please report it.',
  },
  SOCKET_FOLDER_NOT_OURS: {
    kind: 'rejected',
    means: "The folder for tmux's socket belongs to another user.",
    mend: 'Somebody else made it in the temporary folder: set TMPDIR to a folder of your own.',
  },
} as const satisfies ErrorEntries;
