import type { Database } from './connection.ts';

/** Puts content into the database, under its SHA-256. Content that is there already is not stored twice. */
export async function putArtifact(database: Database, machineId: string, content: Buffer): Promise<void> {
  await database.rows('SELECT agentpool.share_artifact($1, $2)', [machineId, content]);
}

/** The content with this SHA-256 in hex, which the caller verifies; null if it is not there. */
export async function artifactWith(database: Database, sha256: string): Promise<Buffer | null> {
  const row = await database.row<{ content: Buffer }>(
    "SELECT content FROM agentpool.artifacts WHERE sha256 = decode($1, 'hex')",
    [sha256],
  );
  return row?.content ?? null;
}
