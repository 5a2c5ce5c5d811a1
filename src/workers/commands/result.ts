import type { SessionRow } from '../../projections/sessions/queries.ts';
import type { WorkerResult } from '../../terminal/transcript/result-block.ts';
import { findResult } from '../../terminal/transcript/result-marker.ts';
import { tailLines } from '../../terminal/transcript/transcript.ts';
import type { AppContext } from '../core/context.ts';
import { sentTexts } from '../core/sent-texts.ts';

/**
 * The last complete result that a worker has printed, as its transcript holds it: redacted; null where there is none in
 * the last megabytes, which are more than anybody reads.
 */
export async function resultOf(app: AppContext, session: SessionRow): Promise<WorkerResult | null> {
  const lines = tailLines(session.transcript_path, Infinity);
  return findResult(lines, { ignore: sentTexts(app, session) });
}
