import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { SharedArtifact } from '../../../events/catalogue/words.ts';
import { memberIn } from '../../../fleet/membership.ts';
import { otherMachines } from '../../../fleet/replicas/others.ts';
import { Replica, replicatedMachines } from '../../../fleet/replicas/replica.ts';
import { artifactWith } from '../../../fleet/server/artifacts.ts';
import { AgentPoolError } from '../../../lib/errors.ts';
import { placeFile } from '../../../lib/files/atomic-file.ts';
import { shell } from '../../../lib/text/shell.ts';
import { FLEET_STREAM } from '../../../machines/membership/decide.ts';
import type { AppContext } from '../../core/context.ts';
import { withDatabase } from './database.ts';
import type { FleetFetch } from './schema.ts';

interface Fetching {
  /** The session's id, or the beginning of it. */
  session: string;
  kind: SharedArtifact;
  /** Where to put it; null for a name made of the session's. */
  out: string | null;
  cwd: string;
}

/** What a machine has shared of a worker. */
interface Shared {
  session_id: string;
  sha256: string;
  bytes: number;
  machine: string;
}

/**
 * Writes a file that another machine has shared; the last one of its kind.
 * @throws FLEET_NOT_JOINED, FLEET_ARTIFACT_MISSING, FILE_EXISTS
 */
export async function fetchArtifact(
  app: AppContext,
  { session, kind, out, cwd }: Fetching,
): Promise<FleetFetch> {
  const { address } = memberIn(app.ledger.store);
  const shared = lastShared(app, session, kind);
  const content =
    shared && (await withDatabase(address, app, ({ database }) => artifactWith(database, shared.sha256)));
  if (shared === null || content === null)
    throw new AgentPoolError('FLEET_ARTIFACT_MISSING', `No machine has shared the ${kind} of ${session}.`, {
      session_id: session,
      kind,
      example: shell`agentpool fleet share ${session} --${kind}`,
    });
  if (createHash('sha256').update(content).digest('hex') !== shared.sha256)
    throw new Error(`the ${kind} of ${shared.session_id} in the database is not what was shared`);
  const name = kind === 'patch' ? `${shared.session_id}.patch` : `${shared.session_id}.transcript.txt`;
  const file = resolve(cwd, out ?? name);
  await placeFile(file, { existing: 'refuse' }, (draft) => writeFile(draft, content));
  return { ...shared, kind, file };
}

function lastShared(app: AppContext, session: string, kind: SharedArtifact): Shared | null {
  const { machineId: self } = memberIn(app.ledger.store);
  const { fleet: folder } = app.paths;
  const machines = otherMachines({ folder, machineId: self, now: app.given().now });
  const here = new Set(replicatedMachines(folder));
  const found = machines.flatMap(({ machineId, name: machine }): Shared[] => {
    if (!here.has(machineId)) return [];
    const replica = new Replica(folder, machineId);
    try {
      return replica.ledger
        .stream(FLEET_STREAM)
        .flatMap((event) =>
          event.type === 'fleet.artifact_shared' &&
          event.data.kind === kind &&
          event.data.session_id.startsWith(session)
            ? [{ ...event.data, machine }]
            : [],
        );
    } finally {
      replica.close();
    }
  });
  const ids = [...new Set(found.map(({ session_id }) => session_id))];
  if (ids.length > 1)
    throw new AgentPoolError(
      'SESSION_AMBIGUOUS',
      `${session} matches several sessions: ${ids.join(', ')}. Use a longer prefix.`,
      { session_id: session, candidates: ids },
    );
  return found.at(-1) ?? null;
}
