import { existsSync } from 'node:fs';
import { checkParallel } from '../../../config/policy.ts';
import { keepReserve } from '../../../events/store/reserve.ts';
import { AgentPoolError, isUnwritable } from '../../../lib/errors.ts';
import { writePrivateFile } from '../../../lib/files/atomic-file.ts';
import { identity } from '../../../lib/process/processes.ts';
import { shell } from '../../../lib/text/shell.ts';
import {
  countWorking,
  type SessionRow,
  sessionById,
  sessionWithConversation,
} from '../../../projections/sessions/queries.ts';
import { artifactPaths, makeArtifactFolder } from '../../../workspace/artifacts.ts';
import { takeBaseline } from '../../../workspace/changes/baseline.ts';
import { redactedMessage } from '../../../workspace/redaction/redacted-message.ts';
import { redact } from '../../../workspace/redaction/redaction.ts';
import { restoreWorktree } from '../../../workspace/worktrees/restore.ts';
import type { AppContext } from '../../core/context.ts';
import { record, recordOutcome, recordUnlessRejected, unlessRejected } from '../../core/record.ts';
import { ensureWatcher } from '../../core/watcher/watcher-process.ts';
import { rememberTerminal } from '../../notify/bell.ts';
import { keepBrief } from '../brief/build.ts';
import type { FleetGrants } from '../fleet/leases.ts';
import { blocked } from '../spawning/allowed.ts';
import { endedMeanwhile } from '../spawning/ended-meanwhile.ts';
import { startRun } from '../spawning/start-run.ts';
import { startIn } from './folder.ts';
import { askForLeases, takeBackLeases } from './leases.ts';
import { inWords, leftoversEnded } from './leftovers.ts';
import { planResume, type ResumeOptions, type ResumePlan } from './plan.ts';
import type { Resumed } from './schema.ts';

/**
 * Starts another process for a worker whose process is gone: appends the intent, starts it, appends the outcome. A
 * process that is killed in between leaves an intent that `reconcile` resolves.
 */
export async function resumeWorker(
  app: AppContext,
  session: SessionRow,
  options: ResumeOptions,
): Promise<Resumed> {
  const plan = await planResume(app, session, options);
  const grants = await askForLeases(app, session);
  try {
    recordIntent(app, session, plan, grants);
  } catch (error) {
    await grants?.undo();
    throw error;
  }
  const warnings = [...plan.doubts];
  try {
    warnings.push(...(await start(app, session, plan)));
  } catch (error) {
    await undo(app, plan, error);
    throw endedMeanwhile(app, session.id, error) ?? error;
  }
  rememberTerminal(app, session.id);
  ensureWatcher(app);
  return { ...resumedAs(session, plan), warnings };
}

/** What a resume would do now; throws what would refuse it, as far as that is known before the intent. */
export async function foreseeResume(
  app: AppContext,
  session: SessionRow,
  options: ResumeOptions,
): Promise<Resumed> {
  const plan = await planResume(app, session, options);
  const warnings =
    plan.left.length > 0 ? [`what it has left running would be ended: ${inWords(plan.left)}`] : [];
  return { ...resumedAs(session, plan), warnings: [...plan.doubts, ...warnings] };
}

function resumedAs(session: SessionRow, { continuing, folder, run, waits }: ResumePlan): Resumed {
  return {
    session_id: session.id,
    run: run.run,
    mode: continuing.mode,
    why: continuing.mode === 'brief' ? continuing.why : null,
    conversation_id: continuing.mode === 'conversation' ? continuing.id : null,
    text: run.prompt === null ? null : redact(run.prompt),
    folder: startIn(folder),
    ...(waits ? { waits_until: waits.until } : {}),
    warnings: [],
  };
}

/**
 * Appends the intent in one transaction with the checks that no other worker has the conversation, the leases or the
 * last place. The decider refuses a worker that is alive: of two callers, one wins.
 */
function recordIntent(
  app: AppContext,
  session: SessionRow,
  { continuing, run, resultWord, waits }: ResumePlan,
  grants: FleetGrants | null,
): void {
  const { ledger, config } = app;
  const spawner = identity(process.pid);
  if (!spawner) throw new Error('this process is not in the process table');
  keepReserve(app.paths.ledger);
  ledger.store.transaction(() => {
    const refusal = checkParallel(config.policy, countWorking(ledger, session.coordinator_id));
    if (refusal) throw blocked(refusal, session.provider_id);
    if (continuing.mode === 'conversation') {
      assertUnshared(app, session, continuing.id);
      const { id: conversationId, source } = continuing;
      recordUnlessRejected(app, session.id, { kind: 'identify_conversation', conversationId, source });
    }
    record(app, session.id, {
      kind: 'resume',
      mode: continuing.mode,
      conversation_id: continuing.mode === 'conversation' ? continuing.id : null,
      text: run.prompt === null ? null : redact(run.prompt),
      initial_prompt_mode: run.promptMode,
      tmux_session: run.tmuxSession,
      result_word: resultWord,
      ...(waits ? { waits_for: waits } : {}),
      spawner,
      liveSuccessor: liveSuccessorOf(app, session.id),
    });
    takeBackLeases(app, session, grants);
  });
}

/** The worker that goes on with the work now: the successor, or that of the successor, and so on; null if none runs. */
function liveSuccessorOf({ ledger }: AppContext, id: string): string | null {
  const passed = new Set<string>();
  for (let next = sessionById(ledger, id)?.successor; next && !passed.has(next); ) {
    passed.add(next);
    const row = sessionById(ledger, next);
    if (row?.alive) return next;
    next = row?.successor;
  }
  return null;
}

/** @throws CONVERSATION_OPEN if another live worker has this conversation of the agent. */
function assertUnshared(app: AppContext, session: SessionRow, conversation: string): void {
  const other = sessionWithConversation(app.ledger, session.provider_id, conversation);
  if (other === undefined || other === session.id) return;
  throw new AgentPoolError(
    'CONVERSATION_OPEN',
    `The conversation ${conversation} is open in the worker ${other}. End that one first: ${shell`agentpool terminate ${other}`}`,
    {
      session_id: session.id,
      conversation_id: conversation,
      holder: other,
      example: shell`agentpool terminate ${other}`,
    },
  );
}

/** Starts the process; returns what is not as it was. */
async function start(app: AppContext, session: SessionRow, plan: ResumePlan): Promise<string[]> {
  const { folder, brief, run } = plan;
  const warnings = await leftoversEnded(app, session);
  await makeArtifactFolder(app.paths.artifacts, session.id);
  if (folder.restore) {
    const { path, branch } = folder.restore;
    warnings.push(`${path} was made again from ${branch}: what was in no commit is lost`);
    warnings.push(...(await restoreWorktree(folder.restore)));
    if (session.worktree_removed_at !== null) recordWorktree(app, session.id, plan);
  }
  if (session.artifacts_removed_at !== null) {
    const at = session.artifacts_removed_at.slice(0, 10);
    warnings.push(
      `its earlier files were removed by gc on ${at}: what it changes is compared with what is there now`,
    );
    await beginAnew(app, session.id, startIn(folder));
  }
  if (brief) await keepBrief(app, session.id, brief);
  await startRun(app, { ...run, cwd: startIn(folder) });
  return warnings;
}

/** What it started from was removed with its files. */
async function beginAnew(app: AppContext, id: string, folder: string): Promise<void> {
  const paths = artifactPaths(app.paths.artifacts, id);
  if (existsSync(paths.baseline)) return;
  const baseline = await takeBaseline(folder, { folder: paths.baseline_objects });
  await writePrivateFile(paths.baseline, JSON.stringify(baseline));
}

/** The ledger knows that the worktree was removed: it has one again. */
function recordWorktree(app: AppContext, id: string, { folder, base }: ResumePlan): void {
  if (!folder.restore) return;
  const { path, branch } = folder.restore;
  record(app, id, { kind: 'record_worktree', path, branch, base: base ?? '' });
}

/** Ends what was started of a run that could not be recorded as started. The worktree holds the work, and stays. */
async function undo(app: AppContext, { run }: ResumePlan, error: unknown): Promise<void> {
  await app.tmux
    .newFor(run.id)
    .killSession(run.tmuxSession)
    .catch(() => false);
  const code = error instanceof AgentPoolError ? error.code : 'SPAWN_FAILED';
  try {
    unlessRejected(() =>
      recordOutcome(app, run.id, { kind: 'fail_resume', code, reason: redactedMessage(error) }),
    );
  } catch (unrecorded) {
    // The next command records it; the caller gets the error that the resume failed with.
    if (!isUnwritable(unrecorded)) throw unrecorded;
  }
}
