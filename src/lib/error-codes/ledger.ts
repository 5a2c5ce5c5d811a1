import type { ErrorEntries } from './entry.ts';

/** Errors about the ledger. */
export const ledger = {
  LEDGER_BUSY: {
    kind: 'conflict',
    means: 'Another process held the ledger for longer than was waited.',
    mend: "Try again. If it lasts, look which process hangs; on a network disk SQLite's locks may not work at all.",
  },
  LEDGER_CORRUPT: {
    kind: 'corrupt',
    means: 'The ledger, or its chain of hashes, is not what was written.',
    mend: '`agentpool ledger verify` says where. Keep the file, and go back to a `ledger backup` or import a `ledger export`.',
  },
  LEDGER_NEWER: {
    kind: 'rejected',
    means: 'A newer AgentPool has written this ledger.',
    mend: 'Use that version: `npm install -g agentpool@latest`.',
  },
  LEDGER_NOT_WRITABLE: {
    kind: 'rejected',
    means: 'The ledger may be read, but not written.',
    mend: '`ls -l ~/.agentpool` shows whose it is. A home on a read-only disk: set AGENTPOOL_HOME elsewhere.',
  },
  SQLITE_NOT_BUILT: {
    kind: 'rejected',
    means: 'The compiled part of better-sqlite3 is missing, or is of another Node than the one that runs.',
    mend: 'The message has the `npm rebuild` that compiles it, about a minute. It needs a C++ compiler, make and Python. After a change of the Node version the same holds.',
  },
  LEDGER_DISK_FULL: {
    kind: 'rejected',
    means: 'There is no room for another event.',
    mend: 'Make room; what was appended before is safe.',
  },
  VERSION_CONFLICT: {
    kind: 'conflict',
    means: 'Somebody else appended first to the same stream.',
    mend: 'Try again: the state is read anew.',
  },
  COMMAND_ID_REUSED: {
    kind: 'conflict',
    means: 'A command id was given before, with another command.',
    mend: 'Give every command an id of its own, and the same one only to try again.',
  },
  EVENT_UNKNOWN: {
    kind: 'corrupt',
    means: 'The catalogue has no events of this type.',
    mend: 'A newer AgentPool knows it, or the file was changed by hand.',
  },
  EVENT_INVALID: {
    kind: 'corrupt',
    means: 'An event does not have the shape that its type says.',
    mend: 'A fault of AgentPool, or of a file that was changed by hand; the message names the field.',
  },
  CATALOGUE_BROKEN: {
    kind: 'internal',
    means: 'The catalogue of event types does not fit together.',
    mend: 'A fault of this build: install it anew, and please report it.',
  },
  IMPORT_INVALID: {
    kind: 'corrupt',
    means: 'A line of the file is no event, or breaks the chain. Nothing was imported.',
    mend: 'Take the file as `agentpool ledger export` wrote it; the message has the line.',
  },
  IMPORT_DIVERGES: {
    kind: 'rejected',
    means: 'The file tells another history than this ledger does.',
    mend: 'Import it into a home of its own: `AGENTPOOL_HOME=~/other agentpool ledger import FILE`.',
  },
  BACKUP_FAILED: {
    kind: 'corrupt',
    means: 'The copy of the ledger could not be written.',
    mend: 'The message has the reason: the folder, its permissions, the free space.',
  },
  HISTORY_SESSION: {
    kind: 'rejected',
    means: 'The file holds the history of another worker, or of several.',
    mend: 'Name one; the message lists them.',
  },
  HISTORY_BEHEADED: {
    kind: 'corrupt',
    means: 'The history lacks its beginning, so nothing can be told of it.',
    mend: "Export the worker's whole history: `agentpool ledger export --session ID FILE`.",
  },
  BEFORE_HISTORY: {
    kind: 'rejected',
    means: 'At that moment the worker had not been asked for.',
    mend: 'Name a later one; `agentpool replay` shows when it began.',
  },
  INTERNAL_ERROR: {
    kind: 'internal',
    means: 'Something failed that nobody has thought of.',
    mend: '`agentpool doctor` looks at everything. `AGENTPOOL_DEBUG=1` before the same command shows where it was: please report it.',
  },
} as const satisfies ErrorEntries;
