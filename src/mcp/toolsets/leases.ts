import { leaseModes } from '../../events/catalogue/words.ts';
import { choice, flag, maybeCount, maybeText, text } from '../parameters.ts';
import { acting, reading, tool } from '../tool.ts';
import { session_id } from './steering.ts';

const leases = () => import('../../workers/commands/leases.ts');

/** Who may change which file. */
export const leaseTools = [
  tool({
    name: 'acquire_file_lease',
    description:
      'Reserve a file or folder for a worker: readers share, a writer has it alone. An agreement between workers; asking again renews it. LEASE_CONFLICT names the holder.',
    params: {
      session_id,
      file_path: text("in the worker's repository; a folder covers what is below"),
      mode: choice(leaseModes, 'write'),
      ttl_seconds: maybeCount('null: until the session ends'),
    },
    output: { ok: 'boolean', lease: 'object' },
    annotations: { ...acting, idempotentHint: true, openWorldHint: false },
    run: async (app, given) =>
      (await leases()).acquireLease(app, {
        session: given.session_id,
        file: given.file_path,
        mode: given.mode,
        ttlSeconds: given.ttl_seconds,
        cwd: process.cwd(),
      }),
  }),
  tool({
    name: 'list_file_leases',
    description: 'Who has reserved what.',
    params: {
      session_id: maybeText('of one worker'),
      repo_path: maybeText('of one repository'),
      active_only: flag(true),
    },
    output: { leases: 'array' },
    annotations: reading,
    run: async (app, given) =>
      (await leases()).listLeases(app, {
        session: given.session_id ?? undefined,
        repo: given.repo_path ?? undefined,
        all: !given.active_only,
      }),
  }),
  tool({
    name: 'release_file_lease',
    description: 'Give leases back: one by its number, those on a path, or all of a worker.',
    params: {
      lease_id: maybeCount(),
      session_id: maybeText(),
      file_path: maybeText(),
    },
    output: { ok: 'boolean', released: 'integer', leases: 'array' },
    annotations: { ...acting, idempotentHint: true, openWorldHint: false },
    run: async (app, given) =>
      (await leases()).releaseLeases(app, {
        leaseId: given.lease_id ?? undefined,
        session: given.session_id ?? undefined,
        file: given.file_path ?? undefined,
        cwd: process.cwd(),
      }),
  }),
];
