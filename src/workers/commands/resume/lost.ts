import { AgentPoolError, isUnwritable } from '../../../lib/errors.ts';
import { lostAndResumable } from '../../../projections/sessions/lost.ts';
import { redactedMessage } from '../../../workspace/redaction/redacted-message.ts';
import type { AppContext } from '../../core/context.ts';
import { withFiles } from '../../core/sessions/session-files.ts';
import type { ResumeOptions } from './plan.ts';
import { foreseeResume, resumeWorker } from './resume.ts';
import type { ResumeReport } from './schema.ts';

/**
 * Resumes every lost worker, whichever coordinator has spawned it, oldest first. One that cannot go on is reported and does not keep the
 * others from it; its own conversation is the only one that each may take.
 */
export async function resumeLost(
  app: AppContext,
  { task, dryRun }: Pick<ResumeOptions, 'task'> & { dryRun: boolean },
): Promise<ResumeReport> {
  const report: ResumeReport = { ok: true, dry_run: dryRun, resumed: [], refused: [] };
  const act = dryRun ? foreseeResume : resumeWorker;
  for (const row of lostAndResumable(app.ledger)) {
    const session = withFiles(app.paths.artifacts, row);
    try {
      report.resumed.push(await act(app, session, { task, conversation: null }));
    } catch (error) {
      if (isUnwritable(error)) throw error;
      const code = error instanceof AgentPoolError ? error.code : 'INTERNAL_ERROR';
      report.refused.push({ session_id: row.id, code, message: redactedMessage(error) });
    }
  }
  return report;
}
