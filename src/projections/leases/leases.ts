import type { Projection } from '../projection.ts';

/** One row per lease ever granted; an open one has no `released_at`. */
export const leases: Projection = {
  name: 'leases',
  version: 1,
  tables: ['leases'],
  schema: `
    CREATE TABLE {leases} (
      id INTEGER PRIMARY KEY,
      session_id TEXT NOT NULL,
      repo_path TEXT NOT NULL,
      file_path TEXT NOT NULL,
      mode TEXT NOT NULL,
      fence INTEGER NOT NULL,
      created_at TEXT NOT NULL,
      expires_at TEXT,
      released_at TEXT,
      release_reason TEXT
    ) STRICT;
    CREATE INDEX {leases}_of_session ON {leases} (session_id);
    CREATE INDEX {leases}_open ON {leases} (repo_path) WHERE released_at IS NULL;
  `,
  apply: {
    'lease.acquired': (tables, { position, occurred_at, data }) =>
      tables.insert('leases', {
        id: position,
        session_id: data.session_id,
        repo_path: data.repo_path,
        file_path: data.path,
        mode: data.mode,
        fence: data.fence,
        created_at: occurred_at,
        expires_at: data.expires_at,
      }),
    'lease.upgraded': (tables, { data }) =>
      tables.update('leases', data.lease_id, {
        mode: 'write',
        fence: data.fence,
        expires_at: data.expires_at,
      }),
    'lease.renewed': (tables, { data }) =>
      tables.update('leases', data.lease_id, { expires_at: data.expires_at }),
    'lease.released': (tables, { occurred_at, data }) =>
      tables.update('leases', data.lease_id, { released_at: occurred_at, release_reason: data.reason }),
    'lease.expired': (tables, { occurred_at, data }) =>
      tables.update('leases', data.lease_id, { released_at: occurred_at, release_reason: 'expired' }),
  },
};
