import type { SessionRow } from '../projections/session-queries.ts';
import type { WorkerResult } from '../terminal/result-block.ts';
import { findResult } from '../terminal/result-marker.ts';
import { tailLines } from '../terminal/transcript.ts';
import type { House } from './house.ts';
import { sentTexts } from './sent-texts.ts';

/**
 * The last complete result that a worker has printed, as its transcript holds it: redacted; null where there is none in
 * the last megabytes, which are more than anybody reads.
 */
export async function resultOf(house: House, session: SessionRow): Promise<WorkerResult | null> {
  const lines = tailLines(session.transcript_path, Infinity);
  return findResult(lines, { ignore: sentTexts(house, session) });
}
