import type { RunnableAgent } from '../../../agents/contract/launch.ts';
import { ownIdentity } from '../../../lib/process/processes.ts';
import type { WorkerCommand } from '../../../machines/worker/commands.ts';
import type { ArtifactPaths } from '../../../workspace/artifacts.ts';
import { redact } from '../../../workspace/redaction/redaction.ts';
import type { WorktreePlan } from '../../../workspace/worktrees/worktrees.ts';
import type { SpawnOptions } from './options.ts';
import type { SpawnPlan } from './plan.ts';

/** What is decided about a new worker besides what its caller asked for. */
export interface Requested extends Pick<SpawnPlan, 'promptMode' | 'resultWord' | 'capacity'> {
  agent: RunnableAgent;
  repo: string;
  worktree: WorktreePlan | null;
  artifacts: ArtifactPaths;
  tmuxSession: string;
  coordinator: string;
}

type RequestCommand = Extract<WorkerCommand, { kind: 'request' }>;

/** What the caller asked for, as events hold it: of a worker that starts, and of one that is queued. */
export const askedFor = (request: SpawnOptions) => ({
  model: request.model,
  account: request.account,
  role: request.role,
  task: redact(request.task),
  runtime: request.runtime,
  isolation: request.isolation,
  supervision: request.supervision,
  max_turns: request.maxTurns,
  ...(request.onLimit && { on_limit: request.onLimit }),
});

/** The intent to start a worker in this process: of a spawn, or of the successor in a handover. */
export const requestCommand = (
  request: SpawnOptions,
  plan: Requested,
  more: Pick<RequestCommand, 'setup' | 'first_choice' | 'predecessor'>,
): RequestCommand => ({
  kind: 'request',
  provider_id: plan.agent.id,
  harness: plan.agent.harness,
  ...askedFor(request),
  repo_path: plan.repo,
  worktree: plan.worktree,
  artifact_dir: plan.artifacts.dir,
  transcript_path: plan.artifacts.transcript,
  tmux_session: plan.tmuxSession,
  coordinator_id: plan.coordinator,
  initial_prompt_mode: plan.promptMode,
  reasoning_effort: request.reasoningEffort,
  service_tier: request.serviceTier,
  allowed_files: request.allowedFiles,
  result_word: plan.resultWord,
  max_runtime_seconds: request.maxRuntimeSeconds,
  spawner: ownIdentity(),
  capacity: plan.capacity,
  ...more,
});
