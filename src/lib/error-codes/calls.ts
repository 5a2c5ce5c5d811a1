import type { ErrorEntries } from './entry.ts';

/** Errors about words of a call. */
export const calls = {
  USAGE: {
    kind: 'usage',
    means:
      'The command does not take these words: an option that it does not have, a value that is missing, two options that exclude each other.',
    mend: 'The message names the word. `agentpool help COMMAND` shows what the command takes.',
  },
  UNKNOWN_COMMAND: {
    kind: 'usage',
    means: 'No command has this name.',
    mend: '`agentpool help` lists all of them.',
  },
  UNKNOWN_ERROR_CODE: {
    kind: 'usage',
    means: 'No error has this code.',
    mend: '`agentpool help errors` lists all of them.',
  },
  INVALID_REQUEST: {
    kind: 'usage',
    means: 'The words are known, but do not make sense together, or something that is needed was left empty.',
    mend: 'The message says what. Nothing was done.',
  },
  INVALID_DETAIL: {
    kind: 'usage',
    means: 'There are three depths of what is shown of a worker.',
    mend: 'Use `--detail summary`, `excerpt` or `full`.',
  },
  INVALID_STATE: {
    kind: 'usage',
    means: 'Workers have no such state.',
    mend: 'The message lists the states; `agentpool sessions --state RUNNING` takes one.',
  },
  INVALID_WAIT_FOR: {
    kind: 'usage',
    means: 'A wait can only end on events and states that exist.',
    mend: 'The message lists them. `--wait-for any` ends on everything that needs somebody.',
  },
  INVALID_WINDOW: {
    kind: 'usage',
    means: 'This is no window of time.',
    mend: 'Use `7d`, `12h`, `1w`, `all`, a day (`2026-03-01`) or two with a slash between.',
  },
  INVALID_SCOPE: {
    kind: 'usage',
    means: "Figures are of your own workers, or of everybody's.",
    mend: 'Use `--scope mine` or `--scope all`.',
  },
  INVALID_SECTION: {
    kind: 'usage',
    means: 'Statistics have no such section.',
    mend: 'The message lists them; `agentpool stats --sections sessions,walls` takes several.',
  },
  INVALID_EVENT_TYPE: {
    kind: 'usage',
    means: 'The log knows no events of this type.',
    mend: 'docs/events.md lists the types; `agentpool ledger stats` those of your ledger.',
  },
  INVALID_POSITION: {
    kind: 'usage',
    means: 'Positions in the log are whole numbers from 1 on.',
    mend: 'Use one that `agentpool events` shows, or `--from now`.',
  },
  INVALID_MOMENT: {
    kind: 'usage',
    means: 'This is no moment of a history.',
    mend: 'Use a position (`12`), a version (`v3`), a time, or `+90s` since the start.',
  },
  INVALID_TRANSCRIPT_RANGE: {
    kind: 'usage',
    means: 'A transcript is read from a byte on, or so many lines from its end.',
    mend: 'Use numbers from 1 on: `agentpool transcript @last --tail-lines 20`.',
  },
  INVALID_SHARE_FILE: {
    kind: 'usage',
    means: 'A card is drawn as PNG or SVG.',
    mend: 'Give `--share` a name that ends in `.png` or `.svg`.',
  },
  SHARE_FAILED: {
    kind: 'rejected',
    means: 'The card could not be drawn or written.',
    mend: "The message has the reason; look at the folder's permissions and the free space.",
  },
  FILE_NOT_FOUND: {
    kind: 'rejected',
    means: 'There is no file or folder of that name.',
    mend: 'Look at the path: a relative one starts in the folder that you are in.',
  },
  FILE_EXISTS: {
    kind: 'rejected',
    means: 'A file of that name is there already, and nothing is overwritten unasked.',
    mend: 'Name another file, or add `--force` where the command has it.',
  },
} as const satisfies ErrorEntries;
