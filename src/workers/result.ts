import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { SessionRow } from '../projections/session-queries.ts';
import type { WorkerResult } from '../terminal/result-block.ts';
import { findResult } from '../terminal/result-marker.ts';
import type { House } from './house.ts';
import { sentTexts } from './sent-texts.ts';

/** The last complete result that a worker has printed, as its transcript holds it: redacted; null where there is none. */
export async function resultOf(house: House, session: SessionRow): Promise<WorkerResult | null> {
  if (!existsSync(session.transcript_path)) return null;
  const lines = (await readFile(session.transcript_path, 'utf8')).split('\n');
  return findResult(lines, { ignore: sentTexts(house, session) });
}
