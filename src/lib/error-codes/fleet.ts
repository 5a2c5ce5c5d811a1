import type { ErrorEntries } from './entry.ts';

/** Errors about several machines on one pool. */
export const fleet = {
  FLEET_NOT_JOINED: {
    kind: 'rejected',
    means: 'This machine is not in a fleet.',
    fix: '`agentpool fleet join URL` makes it part of one; docs/fleet.md shows how a database is set up.',
  },
  FLEET_ALREADY_JOINED: {
    kind: 'rejected',
    means: 'This machine is part of another fleet. It can be in one at a time.',
    fix: 'Run `agentpool fleet leave` first. What the machine has shared stays in the database of the other fleet.',
  },
  FLEET_ADDRESS_INVALID: {
    kind: 'usage',
    means: 'The URL does not name a PostgreSQL database in a form that AgentPool accepts.',
    fix: 'The message says why. An example: `postgresql://user@host:5432/database?sslmode=verify-full`.',
  },
  FLEET_NAME_TAKEN: {
    kind: 'rejected',
    means: 'Another machine of the fleet has this name.',
    fix: 'Choose another one: `agentpool fleet join URL --name NAME`. `agentpool fleet machines` lists the names.',
  },
  FLEET_NAME_INVALID: {
    kind: 'usage',
    means: 'The name of a machine has characters that are not allowed, or is too long.',
    fix: 'Use letters, digits, `.`, `_` and `-`, at most 63 of them, beginning with a letter or a digit.',
  },
  FLEET_UNREACHABLE: {
    kind: 'conflict',
    means: 'The database of the fleet does not answer.',
    fix: 'Check the address, and whether the database runs. Everything on this machine works meanwhile; what happens is shared once the database answers.',
  },
  FLEET_REFUSED: {
    kind: 'rejected',
    means: 'The database of the fleet refuses the user, the password or what was asked of it.',
    fix: 'The message quotes the database. A password is read from PGPASSWORD, or from ~/.pgpass or the file that PGPASSFILE names, with mode 0600.',
  },
  FLEET_UNTRUSTED: {
    kind: 'rejected',
    means: 'The certificate of the database could not be verified.',
    fix: 'Name the certificate of its authority in the URL: `?sslmode=verify-full&sslrootcert=/path/ca.pem`. The host in the URL must be one that the certificate names.',
  },
  FLEET_NOT_SET_UP: {
    kind: 'rejected',
    means: 'The database has no fleet tables, and this user may not create them.',
    fix: 'Run `agentpool fleet init URL --member USER` as a user who may create a schema in the database.',
  },
  FLEET_NEWER: {
    kind: 'rejected',
    means: 'The tables in the database were made by a newer version of AgentPool.',
    fix: 'Upgrade: `npm install -g agentpool@latest`. Nothing is shared until then, and nothing is lost.',
  },
  FLEET_OTHER: {
    kind: 'rejected',
    means: 'The database at this address belongs to another fleet, or was removed and set up again.',
    fix: 'Run `agentpool fleet leave`, then join again. Nothing was shared with it.',
  },
  FLEET_MOVED: {
    kind: 'rejected',
    means: 'The log of this machine was shared from another place: the files were moved, or they are a copy.',
    fix: 'If they were moved: `agentpool fleet join URL --moved`. If both places are in use: `agentpool fleet leave` in the copy, then `agentpool fleet join URL --name NAME`.',
  },
  FLEET_LOG_BEHIND: {
    kind: 'rejected',
    means:
      'The log of this machine is longer in the fleet than on the machine itself: a backup of the ledger was restored.',
    fix: 'Nothing was shared. Put the newer ledger back, if there is one; otherwise join as another machine: `agentpool fleet leave`, then `agentpool fleet join URL --name NAME`. The fleet keeps the former log.',
  },
  FLEET_LOG_DIVERGES: {
    kind: 'rejected',
    means:
      'The log of this machine and the copy of it in the fleet have diverged: a backup was restored and the machine continued from it, or a copy of the ledger was in use elsewhere.',
    fix: 'Nothing was shared. To keep both histories, join as another machine: `agentpool fleet leave`, then `agentpool fleet join URL --name NAME`.',
  },
  FLEET_WRITER_OTHER: {
    kind: 'rejected',
    means: 'Another user of the database began the log of this machine, and only that user may add to it.',
    fix: 'Join as the user who joined first, or leave and join as another machine.',
  },
  FLEET_LOG_REFUSED: {
    kind: 'conflict',
    means:
      'The database refused events: they do not continue its log of this machine, or their hashes do not match.',
    fix: 'The watcher compares both logs and continues by itself. If it does not: `agentpool ledger verify`.',
  },
  FLEET_MACHINE_UNKNOWN: {
    kind: 'rejected',
    means: 'The fleet has no other machine of this name.',
    fix: '`agentpool fleet machines` lists the names. A machine that joined a moment ago is known once the watcher has fetched it.',
  },
  FLEET_MACHINE_REFUSED: {
    kind: 'conflict',
    means:
      'The database of the fleet grants this machine no leases: it does not know it, has recorded that it left, or its files are a copy in another place.',
    fix: 'The message says which. `agentpool fleet status` shows whether the watcher is connected, and what to do if it is not.',
  },
  FLEET_FENCE_OLD: {
    kind: 'conflict',
    means:
      'The database of the fleet granted a lease with a fence that this machine has seen before: it was restored from a backup.',
    fix: 'The lease was not used. Try again: each attempt asks for a higher one.',
  },
  FLEET_LEASE_REFUSED: {
    kind: 'conflict',
    means:
      'A write lease was not granted, because the database of the fleet could not be asked and `fleet.leases_offline` is `refuse`: a worker on another machine may hold the path.',
    fix: 'Try again when `agentpool fleet status` shows that the database answers. With `fleet.leases_offline: local`, this machine grants such leases alone, and reports a conflict once the database answers.',
  },
  FLEET_STEERING_REFUSED: {
    kind: 'rejected',
    means: 'The machine that has the worker does not do this for other machines.',
    fix: 'Its owner decides: `fleet.accept` in the config.yaml of that machine names what others may ask for (send, answer, terminate, spawn). Nothing was done.',
  },
  FLEET_STEERING_EXPIRED: {
    kind: 'rejected',
    means: 'The other machine got the request after its caller had stopped waiting.',
    fix: 'Nothing was done. Ask again; `agentpool fleet status` shows whether both machines are connected.',
  },
  FLEET_STEERING_UNANSWERED: {
    kind: 'conflict',
    means: 'The machine that was asked did not decide in time, and the request was withdrawn.',
    fix: '`agentpool fleet status` shows when it was last seen: its watcher has to run and to be connected. The other machine refuses a request that was withdrawn, even if it arrives later.',
  },
  FLEET_STEERING_UNFINISHED: {
    kind: 'conflict',
    means: 'The machine that was asked has accepted the request, and its outcome is not known yet.',
    fix: 'It is carried out there. Look at the worker before you ask again.',
  },
  FLEET_STEERING_CUT_SHORT: {
    kind: 'conflict',
    means: 'The watcher on the other machine ended before it had recorded the outcome of the request.',
    fix: 'The message says what is known. It is never carried out a second time: look at the worker, and ask again if nothing was done.',
  },
  FLEET_STEERING_SECRET: {
    kind: 'rejected',
    means:
      'The request to the other machine contains a secret, which would be stored in the database of the fleet.',
    fix: 'Nothing was recorded or sent. Put the secret on that machine, in a file or the environment, and name it there.',
  },
  FLEET_SECRET_IN_PATCH: {
    kind: 'rejected',
    means:
      'The patch contains what looks like a secret. A patch is shared exactly as it is, because otherwise it could not be applied.',
    fix: '`agentpool diff SESSION` shows where. `--exact` shares it anyway: everyone who can read the database can read it.',
  },
  FLEET_ARTIFACT_TOO_LARGE: {
    kind: 'rejected',
    means: 'The file is too large to be shared through the database.',
    fix: 'Copy it yourself: `agentpool artifacts SESSION` shows where it is.',
  },
  FLEET_ARTIFACT_MISSING: {
    kind: 'rejected',
    means: 'No machine of the fleet has shared this file.',
    fix: 'On the machine of the worker: `agentpool fleet share SESSION --patch`, or `--transcript`.',
  },
} as const satisfies ErrorEntries;
