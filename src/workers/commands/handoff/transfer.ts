import { existsSync } from 'node:fs';
import { cp, readFile } from 'node:fs/promises';
import { writePrivateFile } from '../../../lib/files/atomic-file.ts';
import { leaseDecider, leaseStream } from '../../../machines/lease/decide.ts';
import { repositoriesLeasedBy } from '../../../projections/leases/queries.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import { artifactPaths, makeArtifactFolder } from '../../../workspace/artifacts.ts';
import { type Baseline, takeBaseline } from '../../../workspace/changes/baseline.ts';
import type { AppContext } from '../../core/context.ts';
import { record } from '../../core/record.ts';
import { workerPrompt } from '../../core/words/prompt.ts';
import type { Brief } from '../brief/brief.ts';
import { fitsArgument, tmuxSessionOf } from '../spawning/plan.ts';
import { requestCommand } from '../spawning/request-command.ts';
import type { Successor } from './successor.ts';

/** What the successor is started with. */
export interface Start {
  prompt: string;
  promptMode: 'arg' | 'stdin' | 'send_after_launch';
  resultWord: string;
}

export function startOf({ request, agent }: Successor, brief: Brief, resultWord: string): Start {
  const prompt = workerPrompt({ ...request, resultWord, brief: brief.text });
  return {
    prompt,
    promptMode: fitsArgument(prompt) ? agent.promptMode : 'send_after_launch',
    resultWord,
  };
}

/**
 * The successor's work is compared with what the first worker of the chain started from: its patch has all of it. Where
 * copies of files that this needs were freed after a collection, with what there is now.
 */
export async function copyBaseline(
  app: AppContext,
  session: SessionRow,
  successor: Successor,
): Promise<void> {
  const from = artifactPaths(app.paths.artifacts, session.id);
  const to = await makeArtifactFolder(app.paths.artifacts, successor.id);
  const known = existsSync(from.baseline)
    ? (JSON.parse(await readFile(from.baseline, 'utf8')) as Baseline)
    : null;
  const isFreed = known?.is_repo === true && known.kept?.freed === true;
  if (known && !isFreed) {
    if (existsSync(from.baseline_objects))
      await cp(from.baseline_objects, to.baseline_objects, { recursive: true, preserveTimestamps: true });
    await writePrivateFile(to.baseline, JSON.stringify(known));
    return;
  }
  const taken = await takeBaseline(successor.cwd, { folder: to.baseline_objects });
  await writePrivateFile(to.baseline, JSON.stringify(taken));
}

/**
 * Passes the work on, in one transaction: both streams say so, the successor is requested, and the leases are its own.
 * @throws HANDOVER_NOT_PENDING if another process was faster
 */
export function transfer(
  app: AppContext,
  session: SessionRow,
  { successor, brief, start }: { successor: Successor; brief: Brief; start: Start },
): void {
  const { ledger } = app;
  const { id, request } = successor;
  const command = requestCommand(
    request,
    {
      ...successor,
      ...start,
      artifacts: artifactPaths(app.paths.artifacts, id),
      tmuxSession: tmuxSessionOf(app, id),
      coordinator: session.coordinator_id,
    },
    { first_choice: null, predecessor: session.id },
  );
  ledger.store.transaction(() => {
    record(app, session.id, { kind: 'record_handover', successor: id });
    record(app, id, command, request.metadata);
    record(app, id, { kind: 'take_over', predecessor: session.id, brief_sha256: brief.sha256 });
    moveLeases(app, session.id, id);
  });
}

/** All leases of one session become those of another. Runs in a transaction. */
export function moveLeases({ ledger, given, actor }: AppContext, from: string, to: string): void {
  for (const repoPath of repositoriesLeasedBy(ledger, from)) {
    const command = { kind: 'hand_over', from, to, repoPath } as const;
    ledger.execute(leaseDecider, leaseStream(repoPath), command, given(), { actor, correlationId: to });
  }
}
