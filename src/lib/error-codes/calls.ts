import type { ErrorEntries } from './entry.ts';

/** Errors about the arguments of a command. */
export const calls = {
  INTERRUPTED: {
    kind: 'rejected',
    means: 'Ctrl-C ended the command before it had finished. The exit code is 130.',
    fix: 'The message says what is left. `agentpool sessions` lists the workers.',
  },
  USAGE: {
    kind: 'usage',
    means:
      'The command line is wrong: an unknown option, a missing value, or two options that exclude each other.',
    fix: 'The message names the argument. `agentpool help COMMAND` shows what the command takes.',
  },
  UNKNOWN_COMMAND: {
    kind: 'usage',
    means: 'No command has this name.',
    fix: '`agentpool help` lists all commands.',
  },
  UNKNOWN_ERROR_CODE: {
    kind: 'usage',
    means: 'No error has this code.',
    fix: '`agentpool help errors` lists all codes.',
  },
  INVALID_REQUEST: {
    kind: 'usage',
    means: 'The options are known, but they contradict each other or a required one is empty.',
    fix: 'The message says which. Nothing was done.',
  },
  TEXT_TOO_LARGE: {
    kind: 'rejected',
    means: 'A task or a message is larger than 2 MiB, the most that is handed to an agent as text.',
    fix: 'Put the text in a file of the repository, and send a short message that names the file.',
  },
  INVALID_DETAIL: {
    kind: 'usage',
    means: "The level of detail for a worker's output is unknown; there are three.",
    fix: 'Use `--detail summary`, `excerpt` or `full`.',
  },
  INVALID_STATE: {
    kind: 'usage',
    means: 'No worker state has this name.',
    fix: 'The message lists the states. Example: `agentpool sessions --state RUNNING`.',
  },
  INVALID_WAIT_FOR: {
    kind: 'usage',
    means: 'The event or state to wait for does not exist.',
    fix: 'The message lists them. `--wait-for any` returns on everything that needs attention.',
  },
  INVALID_WINDOW: {
    kind: 'usage',
    means: 'The time window is not valid.',
    fix: 'Use `7d`, `12h`, `1w`, `all`, a day (`2026-03-01`), or two days separated by a slash.',
  },
  INVALID_SCOPE: {
    kind: 'usage',
    means: 'The scope is unknown. Figures cover either your own workers or all workers.',
    fix: 'Use `--scope mine` or `--scope all`.',
  },
  INVALID_SECTION: {
    kind: 'usage',
    means: '`stats` has no section of this name.',
    fix: 'The message lists the sections. `agentpool stats --sections sessions,walls` takes several.',
  },
  INVALID_EVENT_TYPE: {
    kind: 'usage',
    means: 'No event type has this name.',
    fix: 'docs/events.md lists the types; `agentpool ledger stats` lists those in your ledger.',
  },
  INVALID_POSITION: {
    kind: 'usage',
    means: 'A position in the log is a whole number, starting at 1.',
    fix: 'Use a position that `agentpool events` shows, or `--from now`.',
  },
  INVALID_MOMENT: {
    kind: 'usage',
    means: 'The point in the history is not valid.',
    fix: 'Use a position (`12`), a version (`v3`), a time, or an offset from the start (`+90s`).',
  },
  INVALID_TRANSCRIPT_RANGE: {
    kind: 'usage',
    means: 'The transcript range is not valid: it is a byte offset, or a number of lines from the end.',
    fix: 'Use numbers from 1 on: `agentpool transcript @last --tail-lines 20`.',
  },
  INVALID_SHARE_FILE: {
    kind: 'usage',
    means: 'A share card is a PNG or an SVG file.',
    fix: 'Give `--share` a name that ends in `.png` or `.svg`.',
  },
  SHARE_FAILED: {
    kind: 'rejected',
    means: 'The share card could not be drawn or written.',
    fix: "The message has the reason. Check the folder's permissions and the free disk space.",
  },
  FILE_NOT_FOUND: {
    kind: 'rejected',
    means: 'No file or folder exists at this path.',
    fix: 'Check the path. A relative path starts in the current folder.',
  },
  FILE_EXISTS: {
    kind: 'rejected',
    means: 'The file exists already, and AgentPool does not overwrite it.',
    fix: 'Choose another name, or add `--force` if the command has it.',
  },
} as const satisfies ErrorEntries;
