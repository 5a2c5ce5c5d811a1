import { checkParallel } from '../../../config/policy.ts';
import { keepReserve } from '../../../events/store/reserve.ts';
import { AgentPoolError, isUnwritable } from '../../../lib/errors.ts';
import { writePrivateFile } from '../../../lib/files/atomic-file.ts';
import type { WorkerCommand } from '../../../machines/worker/commands.ts';
import { countWorking } from '../../../projections/sessions/queries.ts';
import { makeArtifactFolder } from '../../../workspace/artifacts.ts';
import { takeBaseline } from '../../../workspace/changes/baseline.ts';
import type { GitPlace } from '../../../workspace/git/private-git.ts';
import { redactedMessage } from '../../../workspace/redaction/redacted-message.ts';
import { redact } from '../../../workspace/redaction/redaction.ts';
import { endPreparing } from '../../../workspace/worktrees/prepared.ts';
import { undoWorktree } from '../../../workspace/worktrees/removal.ts';
import { createWorktree } from '../../../workspace/worktrees/worktrees.ts';
import type { AppContext } from '../../core/context.ts';
import { workerEnvironment } from '../../core/environment.ts';
import { record, recordOutcome, unlessRejected, workerOf } from '../../core/record.ts';
import { firstChoice, forgetRefusal } from '../../core/requests/refused-spawns.ts';
import { ensureWatcher } from '../../core/watcher/watcher-process.ts';
import { rememberTerminal } from '../../notify/bell.ts';
import { accountOf, assertAllowed, blocked } from './allowed.ts';
import { endedMeanwhile, isEnded } from './ended-meanwhile.ts';
import type { SpawnOptions } from './options.ts';
import { planOf, type SpawnPlan } from './plan.ts';
import { requestCommand } from './request-command.ts';
import { startRun } from './start-run.ts';
import { prepareWorktree } from './worktree-place.ts';

export type { SpawnOptions } from './options.ts';

export interface SpawnGiven {
  /** The id of a request that waited in the queue. */
  id?: string;
  /** Called in the transaction of the intent: throws if no worker may be started any more. */
  isWanted?: () => void;
}

/**
 * Spawns a worker: appends the intent, creates the worker, appends the outcome. A process that is killed in between
 * leaves an intent that `reconcile` resolves. Returns the session's id once the worker runs.
 */
export async function spawnWorker(
  app: AppContext,
  options: SpawnOptions,
  { id, isWanted }: SpawnGiven = {},
): Promise<string> {
  const request = { ...options, ...accountOf(app, options) };
  assertAllowed(app, request);
  const plan = await planOf(app, request, id);
  recordIntent(app, request, plan, isWanted);
  try {
    await make(app, request, plan);
  } catch (error) {
    await undo(app, plan, error);
    throw endedMeanwhile(app, plan.id, error) ?? error;
  }
  rememberTerminal(app, plan.id);
  ensureWatcher(app);
  return plan.id;
}

/** Appends the intent. Counts live workers in the same transaction, so that two spawns cannot both be the last. */
function recordIntent(
  app: AppContext,
  options: SpawnOptions,
  plan: SpawnPlan,
  isWanted: SpawnGiven['isWanted'],
): void {
  const { ledger, config, coordinator } = app;
  const { setup } = plan;
  const command = requestCommand(
    options,
    { ...plan, coordinator },
    {
      ...(setup.length > 0 && { setup: setup.map((each) => redact(each)) }),
      first_choice: firstChoice(app, options.task, plan.choice),
    },
  );
  keepReserve(app.paths.ledger);
  ledger.store.transaction(() => {
    isWanted?.();
    const refusal = checkParallel(config.policy, countWorking(ledger, coordinator));
    if (refusal) throw blocked(refusal, plan.agent.id);
    record(app, plan.id, command, options.metadata);
  });
  forgetRefusal(app, options.task);
}

async function make(app: AppContext, request: SpawnOptions, plan: SpawnPlan): Promise<void> {
  const { cwd, prepared } = await makePlace(app, plan);
  const { model, reasoningEffort, serviceTier } = request;
  const readOnly = request.isolation === 'read_only';
  await startRun(app, { ...plan, cwd, readOnly, model, reasoningEffort, serviceTier }, async () => {
    if (prepared) await endPreparing(prepared);
  });
}

/**
 * Creates the worker's folders and the baseline that its work is compared with; returns the folder it works in, and the
 * worktree that `endPreparing` has to release.
 */
async function makePlace(
  app: AppContext,
  { id, repo, worktree, artifacts, setup, place }: SpawnPlan,
): Promise<{ cwd: string; prepared: GitPlace | null }> {
  await makeArtifactFolder(app.paths.artifacts, id);
  if (!worktree) {
    const kept = { folder: artifacts.baseline_objects };
    await writePrivateFile(artifacts.baseline, JSON.stringify(await takeBaseline(repo, kept)));
    return { cwd: repo, prepared: null };
  }
  const checkout = await createWorktree(worktree);
  const { path, branch, base } = worktree;
  record(app, id, { kind: 'record_worktree', path, branch, base });
  const env = { ...(await workerEnvironment(place.env)), AGENTPOOL_SESSION_ID: id };
  const timeoutMs = app.config.workspace.setup_timeout_seconds * 1000;
  const ready = await prepareWorktree(checkout, repo, {
    plan: worktree,
    artifacts,
    setup: { commands: setup, env, timeoutMs, isOver: () => isOver(app, id) },
  });
  await writePrivateFile(artifacts.baseline, JSON.stringify(ready.baseline));
  return { cwd: ready.cwd, prepared: ready.isPrepared ? checkout.place : null };
}

/** Also asked by a timer: a ledger that cannot be read at this moment says nothing. */
function isOver(app: AppContext, id: string): boolean {
  try {
    return isEnded(workerOf(app, id));
  } catch {
    return false;
  }
}

/** Removes what was created of a worker that could not be started. */
async function undo(app: AppContext, plan: SpawnPlan, error: unknown): Promise<void> {
  await app.tmux
    .newFor(plan.id)
    .killSession(plan.tmuxSession)
    .catch(() => false);
  if (plan.worktree) await undoWorktree(plan.worktree);
  // Rejected if another process ended it in the meantime: then that is why it could not be started.
  const outcome: WorkerCommand = {
    kind: 'fail_spawn',
    code: error instanceof AgentPoolError ? error.code : 'SPAWN_FAILED',
    reason: redactedMessage(error),
  };
  try {
    unlessRejected(() => recordOutcome(app, plan.id, outcome));
  } catch (unrecorded) {
    // The next command records it; the caller gets the error that the spawn failed with.
    if (!isUnwritable(unrecorded)) throw unrecorded;
  }
}
