import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { ProgramPlace, RunnableAgent } from '../../../agents/contract/launch.ts';
import { spawnableAgent } from '../../../agents/registry.ts';
import type { OnLimit } from '../../../events/catalogue/worker-shapes.ts';
import { AgentPoolError } from '../../../lib/errors.ts';
import { shell } from '../../../lib/text/shell.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import { capacityRecord } from '../../../usage/capacity/current.ts';
import type { WorktreePlan } from '../../../workspace/worktrees/worktrees.ts';
import { type AppContext, placeOfWorker } from '../../core/context.ts';
import { spawnRequest } from '../../core/requests/spawn-request.ts';
import { assertHeadroom, knownCapacity } from '../../queries/capacity.ts';
import { accountOf, assertAllowed } from '../spawning/allowed.ts';
import type { SpawnRequest } from '../spawning/options.ts';

/** Where the work is to go on, as the caller names it. */
export interface Destination {
  provider: string;
  model: string | null;
  account: string | null;
}

/** The worker that is to take over, as far as it is decided before anything is touched. */
export interface Successor {
  id: string;
  request: SpawnRequest;
  agent: RunnableAgent;
  capacity: Record<string, unknown>;
  place: ProgramPlace;
  /** The words of the command line that starts it on this machine. */
  program: readonly string[];
  /** That of the worker before it. */
  worktree: WorktreePlan | null;
  /** The folder of the repository that its worktree is of, or in which it works itself. */
  repo: string;
  /** The folder it works in. */
  cwd: string;
}

/**
 * Who goes on with the work of a worker: with its task, role, isolation and bounds, in its folder. Touches nothing.
 * @throws POLICY_BLOCKED, PROVIDER_NOT_FOUND, ACCOUNT_NOT_FOUND, PROVIDER_NOT_INSTALLED, WORKTREE_NOT_FOUND
 */
export async function successorOf(
  app: AppContext,
  session: SessionRow,
  { to, id, onLimit }: { to: Destination; id: string; onLimit: OnLimit | null },
): Promise<Successor> {
  const before = spawnRequest(app, session.id);
  if (!before) throw new Error(`the ledger has no request of ${session.id}`);
  const named = {
    ...to,
    task: session.task,
    repo: session.repo_path,
    role: session.role,
    isolation: session.isolation,
    runtime: session.runtime,
    allowedFiles: before.allowed_files,
    maxRuntimeSeconds: before.max_runtime_seconds,
    maxTurns: before.max_turns,
    supervision: session.supervision,
    promptMode: 'provider_default' as const,
    // Words of the provider before.
    reasoningEffort: null,
    serviceTier: null,
    setup: null,
    ...(onLimit ? { onLimit } : {}),
    metadata: JSON.parse(session.metadata) as Record<string, unknown>,
  };
  const request: SpawnRequest = { ...named, ...accountOf(app, named) };
  assertAllowed(app, request);
  const capacity = knownCapacity(app);
  const agent = await spawnableAgent(app.config, request.provider);
  assertHeadroom(app, request.key, capacity, request.model);
  const place = placeOfWorker(app, { provider_id: agent.id, account: request.account });
  const program = await agent.find(place);
  const cwd = folderOf(session, before.worktree);
  return {
    id,
    request,
    agent,
    capacity: capacityRecord(capacity),
    place,
    program,
    worktree: before.worktree,
    repo: session.repo_path,
    cwd,
  };
}

/** The folder in which the work lies. @throws WORKTREE_NOT_FOUND */
function folderOf(session: SessionRow, worktree: WorktreePlan | null): string {
  const root = worktree?.path ?? session.repo_path;
  if (session.worktree_removed_at !== null || !existsSync(root)) {
    const message = `The folder that ${session.id} worked in is gone: it was ${root}. There is nothing left to go on with.`;
    throw new AgentPoolError('WORKTREE_NOT_FOUND', message, {
      session_id: session.id,
      path: root,
      example: shell`agentpool collect ${session.id}`,
    });
  }
  const below = worktree ? relative(worktree.repo, session.repo_path) : '';
  const inside = below === '' || below.startsWith('..') ? root : join(root, below);
  return existsSync(inside) ? inside : root;
}
