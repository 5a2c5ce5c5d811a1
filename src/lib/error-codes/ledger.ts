import type { ErrorEntries } from './entry.ts';

/** Errors about the ledger. */
export const ledger = {
  LEDGER_BUSY: {
    kind: 'conflict',
    means: 'Another process held the lock of the ledger for too long.',
    fix: "Try again. If it happens again, find the process that hangs. On a network disk, SQLite's locks may not work at all.",
  },
  LEDGER_CORRUPT: {
    kind: 'corrupt',
    means: 'The content of the ledger, or its hash chain, has changed since it was written.',
    fix: '`agentpool ledger verify` shows where, if the file opens. Keep the file, with its -wal and -shm. Then put a `ledger backup` in its place while nothing runs; or save what precedes the damage with `agentpool ledger export --readable FILE`, move the damaged files away and `agentpool ledger import FILE`. Live workers that the ledger no longer knows are found by `agentpool doctor --deep`.',
  },
  LEDGER_NEWER: {
    kind: 'rejected',
    means: 'The ledger was written by a newer version of AgentPool.',
    fix: 'Upgrade: `npm install -g agentpool@latest`.',
  },
  LEDGER_NOT_WRITABLE: {
    kind: 'rejected',
    means:
      'You may read the ledger file, but not write it. Queries work; no worker can be spawned or steered.',
    fix: '`ls -l ~/.agentpool` shows its owner. If the home is on a read-only disk, set AGENTPOOL_HOME to a folder elsewhere.',
  },
  SQLITE_NOT_BUILT: {
    kind: 'rejected',
    means: 'The native part of better-sqlite3 is missing, or was built for another version of Node.',
    fix: 'Run the `npm rebuild` command in the message. npm downloads a binary, or compiles one in about a minute, which needs a C++ compiler, make and Python. Repeat it after each change of the Node version.',
  },
  LEDGER_DISK_FULL: {
    kind: 'rejected',
    means: 'The disk is full, so no event can be appended.',
    fix: 'Free some space. All events appended so far are safe, and nothing was done that is not recorded. The watcher keeps what it sees in memory and appends it when there is space.',
  },
  VERSION_CONFLICT: {
    kind: 'conflict',
    means: 'Another process appended to the same stream first.',
    fix: 'Try again: the command reads the new state.',
  },
  COMMAND_ID_REUSED: {
    kind: 'conflict',
    means: 'This command id was already used for a different command.',
    fix: 'Give each command its own id, and reuse an id only to retry the same command.',
  },
  EVENT_UNKNOWN: {
    kind: 'corrupt',
    means: 'The event catalogue has no such type.',
    fix: 'The event was written by a newer AgentPool, or the file was edited by hand.',
  },
  EVENT_INVALID: {
    kind: 'corrupt',
    means: 'The data of an event does not match the schema of its type.',
    fix: 'This is a bug in AgentPool, or the file was edited by hand. The message names the field.',
  },
  CATALOGUE_BROKEN: {
    kind: 'internal',
    means: 'The catalogue of event types is inconsistent.',
    fix: 'This build is broken. Install AgentPool again, and please report it.',
  },
  IMPORT_INVALID: {
    kind: 'corrupt',
    means: 'A line of the file is not an event, or breaks the hash chain. Nothing was imported.',
    fix: 'Use the file exactly as `agentpool ledger export` wrote it. The message has the line number.',
  },
  IMPORT_DIVERGES: {
    kind: 'rejected',
    means: 'The history in the file differs from the history in this ledger.',
    fix: 'Import it into a separate home: `AGENTPOOL_HOME=~/other agentpool ledger import FILE`.',
  },
  BACKUP_FAILED: {
    kind: 'corrupt',
    means: 'The backup of the ledger could not be written.',
    fix: 'The message has the reason. Check the folder, its permissions and the free disk space.',
  },
  HISTORY_SESSION: {
    kind: 'rejected',
    means: 'The file holds the history of another worker, or of several.',
    fix: 'Name one of the sessions in the message.',
  },
  REPLAY_TOO_LARGE: {
    kind: 'rejected',
    means: 'The workers have more events than a replay page can carry.',
    fix: 'Choose fewer workers: one session, or a shorter `--since`.',
  },
  REPLAY_EMPTY: {
    kind: 'rejected',
    means: 'No worker was active in the time that `--since` names.',
    fix: 'Choose a longer time, or name a session: `agentpool replay @last --html FILE`.',
  },
  RECORDING_MISSING: {
    kind: 'rejected',
    means: "There is no recording of the worker's screen.",
    fix: "`agentpool replay` shows the worker's events. Workers are recorded while the watcher runs and `recording` in config.yaml is on.",
  },
  HISTORY_BEHEADED: {
    kind: 'corrupt',
    means: 'The first events of the history are missing, so it cannot be replayed.',
    fix: "Export the worker's whole history: `agentpool ledger export --session ID FILE`.",
  },
  BEFORE_HISTORY: {
    kind: 'rejected',
    means: 'The worker did not exist yet at that time.',
    fix: 'Choose a later time. `agentpool replay` shows when the worker was requested.',
  },
  INTERNAL_ERROR: {
    kind: 'internal',
    means: 'An unexpected error occurred.',
    fix: '`agentpool doctor` checks the setup. Run the command again with `AGENTPOOL_DEBUG=1` to see where it failed, and please report it.',
  },
} as const satisfies ErrorEntries;
