import { leaseModes } from '../../events/catalogue/words.ts';
import { repositoryPath } from '../allowed-path.ts';
import { choice, flag, maybeCount, maybeName, named } from '../arguments/parameters.ts';
import { acting, reading, tool } from '../tool.ts';
import { session_id } from './steering.ts';

const leases = () => import('../../workers/commands/leases.ts');

/** Which worker may change which file. */
export const leaseTools = [
  tool({
    name: 'acquire_file_lease',
    description:
      'Reserve a file or folder for a worker: readers share, a writer excludes others. Advisory; acquiring it again renews it. LEASE_CONFLICT names the holder.',
    params: {
      session_id,
      file_path: named("in the worker's repository; a folder covers what is below", 'src/parser.ts'),
      mode: choice(leaseModes, 'write'),
      ttl_seconds: maybeCount('null: until the session ends'),
    },
    output: { ok: 'boolean', lease: 'object' },
    annotations: { ...acting, idempotentHint: true, openWorldHint: false },
    run: async (app, args) =>
      (await leases()).acquireLease(app, {
        session: args.session_id,
        file: args.file_path,
        mode: args.mode,
        ttlSeconds: args.ttl_seconds,
        cwd: process.cwd(),
      }),
  }),
  tool({
    name: 'list_file_leases',
    description: 'List the leases and their holders; in a fleet, `elsewhere` has those of other machines.',
    params: {
      session_id: maybeName('@last', 'of one worker'),
      repo_path: maybeName('/home/me/project', 'of one repository'),
      active_only: flag(true),
    },
    output: { leases: 'array' },
    annotations: reading,
    run: async (app, args) =>
      (await leases()).listLeases(app, {
        session: args.session_id ?? undefined,
        repo: args.repo_path === null ? undefined : repositoryPath(args.repo_path),
        all: !args.active_only,
      }),
  }),
  tool({
    name: 'release_file_lease',
    description: 'Release leases: one by its number, those on a path, or all of a worker.',
    params: {
      lease_id: maybeCount(),
      session_id: maybeName('@last'),
      file_path: maybeName('src/parser.ts'),
    },
    output: { ok: 'boolean', released: 'integer', leases: 'array' },
    annotations: { ...acting, idempotentHint: true, openWorldHint: false },
    run: async (app, args) =>
      (await leases()).releaseLeases(app, {
        leaseId: args.lease_id ?? undefined,
        session: args.session_id ?? undefined,
        file: args.file_path ?? undefined,
        cwd: process.cwd(),
      }),
  }),
];
