import type { SessionRow } from '../../projections/sessions/queries.ts';
import type { WorkerResult } from '../../terminal/transcript/result-block.ts';
import { findResult } from '../../terminal/transcript/result-marker.ts';
import { tailLines } from '../../terminal/transcript/transcript.ts';
import type { AppContext } from '../core/context.ts';
import { sentTexts } from '../core/sent-texts.ts';

/**
 * The last complete result in a worker's transcript, redacted; null if there is none in its last megabytes, which are
 * more than any caller reads.
 */
export async function resultOf(app: AppContext, session: SessionRow): Promise<WorkerResult | null> {
  const lines = tailLines(session.transcript_path, Infinity);
  return findResult(lines, { ignore: sentTexts(app, session) });
}
