import { writePrivateFile } from '../../../lib/files/atomic-file.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import { makeArtifactFolder } from '../../../workspace/artifacts.ts';
import type { AppContext } from '../../core/context.ts';
import { type Brief, briefOf } from './brief.ts';
import type { BriefCause } from './facts.ts';
import { gatherFacts } from './gather.ts';

/**
 * The brief of a worker for the conversation that goes on with its work: of another worker, or of the same one where its
 * agent cannot resume. Records and writes nothing.
 */
export async function buildBrief(
  app: AppContext,
  session: SessionRow,
  why: { because: BriefCause; note: string | null },
): Promise<Brief> {
  return briefOf(await gatherFacts(app, session, why));
}

/** Keeps a brief as `handoff.md` in the artifacts of the session that is given it; returns the path. */
export async function keepBrief(app: AppContext, receiver: string, { text }: Brief): Promise<string> {
  const { handoff } = await makeArtifactFolder(app.paths.artifacts, receiver);
  await writePrivateFile(handoff, text);
  return handoff;
}
