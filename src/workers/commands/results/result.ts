import { runnableAgent } from '../../../agents/registry.ts';
import { screenRules } from '../../../agents/screen-rules.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import { messageLayout } from '../../../terminal/detection/rules/rule-set.ts';
import type { WorkerResult } from '../../../terminal/transcript/result-block.ts';
import { findResult } from '../../../terminal/transcript/result-marker.ts';
import { tailLines } from '../../../terminal/transcript/transcript.ts';
import type { AppContext } from '../../core/context.ts';
import { sentTexts } from '../../core/words/sent-texts.ts';
import { SessionResult } from '../../sight/session-result.ts';

/** A worker's result, and what shows that it is the worker's own. */
export type ProvenResult = WorkerResult & {
  /** `unproven`: its markers are the fixed ones of an older release, which any file may hold. */
  proof: 'session_word' | 'unproven';
};

/**
 * The last complete result of a worker, redacted: from its agent's own file of the session, or from its transcript; null if there is none in its last megabytes, which are
 * more than any caller reads. `lines` are what the worker printed, if the transcript is incomplete.
 */
export async function resultOf(
  app: AppContext,
  session: SessionRow,
  lines: readonly string[] = tailLines(session.transcript_path, Infinity),
): Promise<ProvenResult | null> {
  const sent = sentTexts(app, session);
  const word = sent.resultWord;
  const layout = messageLayout(screenRules(session.provider_id, null));
  const ignore = sent.toString();
  const agent = await runnableAgent(app.config, session.provider_id).catch(() => ({}));
  const result =
    new SessionResult(app, session).read(agent, { word, ignore }) ??
    findResult(lines, { ignore, word, layout });
  return result && { ...result, proof: word === null ? 'unproven' : 'session_word' };
}
