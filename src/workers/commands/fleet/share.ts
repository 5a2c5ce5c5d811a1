import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { SharedArtifact } from '../../../events/catalogue/words.ts';
import { memberIn } from '../../../fleet/membership.ts';
import { putArtifact } from '../../../fleet/server/artifacts.ts';
import { AgentPoolError } from '../../../lib/errors.ts';
import { storing } from '../../../lib/files/private-files.ts';
import { bytes } from '../../../lib/text/bytes.ts';
import { shell } from '../../../lib/text/shell.ts';
import { FLEET_STREAM } from '../../../machines/membership/decide.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import { redactBytes } from '../../../workspace/redaction/bytes.ts';
import type { AppContext } from '../../core/context.ts';
import { missingFiles } from '../../core/sessions/session-files.ts';
import { patchOf } from '../results/patch.ts';
import { withDatabase } from './database.ts';
import type { FleetShare } from './schema.ts';

/** A statement with a larger file would need several times its size in memory, here and there. */
const MOST_BYTES = 32 * 1024 * 1024;

interface Sharing {
  kinds: readonly SharedArtifact[];
  /** Share a patch also if it has what looks like a secret. */
  exact: boolean;
}

/**
 * Puts files of a worker into the database of the fleet, and records which.
 * @throws FLEET_NOT_JOINED, FLEET_SECRET_IN_PATCH, FLEET_ARTIFACT_TOO_LARGE, PATCH_MISSING, TRANSCRIPT_MISSING
 */
export async function shareArtifacts(
  app: AppContext,
  session: SessionRow,
  { kinds, exact }: Sharing,
): Promise<FleetShare> {
  const { machineId, address } = memberIn(app.ledger.store);
  const contents = await Promise.all(
    kinds.map(async (kind) => ({ kind, content: await contentOf(app, session, kind, exact) })),
  );
  const shared = contents.map(({ kind, content }) => ({
    session_id: session.id,
    kind,
    sha256: createHash('sha256').update(content).digest('hex'),
    bytes: content.length,
  }));
  await withDatabase(address, app, async ({ database }) => {
    for (const { content } of contents) await putArtifact(database, machineId, content);
  });
  const events = shared.map((data) => ({ type: 'fleet.artifact_shared', data }));
  app.ledger.store.append(FLEET_STREAM, events, { actor: app.actor, correlationId: session.id });
  return { shared };
}

async function contentOf(
  app: AppContext,
  session: SessionRow,
  kind: SharedArtifact,
  exact: boolean,
): Promise<Buffer> {
  const content = kind === 'patch' ? await exactPatch(app, session, exact) : await transcript(app, session);
  assertSize(session, kind, content.length);
  return content;
}

async function exactPatch(app: AppContext, session: SessionRow, exact: boolean): Promise<Buffer> {
  const patch = (await patchOf(app, session)).bytes;
  if (exact || redactBytes(patch).equals(patch)) return patch;
  throw new AgentPoolError(
    'FLEET_SECRET_IN_PATCH',
    `The patch of ${session.id} has what looks like a secret. Nothing was shared.`,
    { session_id: session.id, example: shell`agentpool diff ${session.id}` },
  );
}

/** It was redacted when it was written. */
async function transcript(app: AppContext, session: SessionRow): Promise<Buffer> {
  const missing = missingFiles(app.paths.artifacts, session);
  if (missing !== null)
    throw new AgentPoolError('TRANSCRIPT_MISSING', missing, {
      session_id: session.id,
      example: shell`agentpool artifacts ${session.id}`,
    });
  const { size } = await storing(session.transcript_path, () => stat(session.transcript_path));
  assertSize(session, 'transcript', size);
  return storing(session.transcript_path, () => readFile(session.transcript_path));
}

function assertSize(session: SessionRow, kind: SharedArtifact, size: number): void {
  if (size <= MOST_BYTES) return;
  throw new AgentPoolError(
    'FLEET_ARTIFACT_TOO_LARGE',
    `The ${kind} of ${session.id} has ${bytes(size)}; up to ${bytes(MOST_BYTES)} are shared.`,
    { session_id: session.id, bytes: size, example: shell`agentpool artifacts ${session.id}` },
  );
}
