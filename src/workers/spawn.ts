import { checkParallel, checkSpawn, type PolicyRefusal } from '../config/policy.ts';
import { isPlaceholderTask } from '../config/task.ts';
import type { Isolation, PromptMode } from '../events/catalogue/words.ts';
import { AgentPoolError } from '../events/errors.ts';
import type { WorkerCommand } from '../machines/worker-commands.ts';
import type { Provider } from '../providers/provider.ts';
import { spawnableProvider } from '../providers/registry.ts';
import { identity } from '../terminal/processes.ts';
import { capacityRecord } from '../usage/standing.ts';
import { type ArtifactPaths, artifactPaths, makeArtifactFolder } from '../workspace/artifacts.ts';
import { takeBaseline } from '../workspace/changes.ts';
import { writePrivateFile } from '../workspace/private-files.ts';
import { redact } from '../workspace/redaction.ts';
import { undoWorktree } from '../workspace/worktree-removal.ts';
import { createWorktree, planWorktree, type WorktreePlan } from '../workspace/worktrees.ts';
import { assertHeadroom, knownCapacity } from './capacity.ts';
import { workerEnvironment } from './environment.ts';
import { type House, placeOf } from './house.ts';
import { launchFolder, writeLaunchFiles } from './launch-folder.ts';
import { rememberTerminal } from './notify/bell.ts';
import { workerPrompt } from './prompt.ts';
import { record, recordIfNews } from './record.ts';
import { repositoryFolder } from './repository.ts';
import { freePort, signalSpool } from './signals/for-worker.ts';
import { ensureWatcher } from './watcher-process.ts';

/** The size of a worker's screen. */
export const SCREEN = { cols: 200, rows: 50 };

export interface SpawnWish {
  provider: string;
  task: string;
  repo: string;
  role: string;
  isolation: Isolation;
  runtime: string;
  model: string | null;
  account: string | null;
  allowedFiles: string[];
  maxRuntimeSeconds: number | null;
  maxTurns: number | null;
  supervision: string;
  promptMode: PromptMode;
  reasoningEffort: string | null;
  serviceTier: string | null;
  /** Notes of the caller, kept with the session. */
  metadata?: Record<string, unknown>;
}

/** What is decided before anything is made. */
interface Plan {
  id: string;
  provider: Provider;
  /** How every provider stood at this moment. */
  capacity: Record<string, unknown>;
  /** The words that start it on this machine. */
  program: readonly string[];
  repo: string;
  promptMode: Exclude<PromptMode, 'provider_default'>;
  prompt: string;
  worktree: WorktreePlan | null;
  artifacts: ArtifactPaths;
  tmuxSession: string;
}

/**
 * Spawns a worker: the intent is appended, then it is made, then the outcome is appended. Whoever is killed in
 * between leaves an intent that `reconcile` resolves. Gives the session's id once the worker runs.
 */
export async function spawnWorker(house: House, wish: SpawnWish): Promise<string> {
  assertAllowed(house, wish);
  const plan = await planOf(house, wish);
  request(house, wish, plan);
  try {
    await make(house, wish, plan);
  } catch (error) {
    await undo(house, plan, error);
    throw error;
  }
  rememberTerminal(house, plan.id);
  ensureWatcher(house);
  return plan.id;
}

/** Every list of sessions carries it. */
const MOST_METADATA = 4096;

function assertAllowed(house: House, wish: SpawnWish): void {
  const { provider, task, role, isolation, runtime, metadata = {} } = wish;
  const refusal = checkSpawn(house.config.policy, { provider, role, isolation });
  if (refusal) throw blocked(refusal, provider);
  if (isPlaceholderTask(task)) {
    throw new AgentPoolError(
      'INVALID_REQUEST',
      `${JSON.stringify(task)} stands in for a task; say what is to be done.`,
      {
        task,
        example: `agentpool spawn --provider ${provider} --task "Find out why the parser drops the last line"`,
      },
    );
  }
  if (JSON.stringify(metadata).length > MOST_METADATA) {
    const message = `The metadata has more than ${MOST_METADATA} characters; keep less with the session.`;
    throw new AgentPoolError('INVALID_REQUEST', message, {});
  }
  if (runtime !== 'tmux') {
    throw new AgentPoolError('INVALID_REQUEST', `There is no runtime ${runtime}; workers run in tmux.`, {
      runtime,
      example: `agentpool spawn --provider ${provider} --runtime tmux --task "..."`,
    });
  }
}

const blocked = ({ code, policy, message, example }: PolicyRefusal, provider: string) =>
  new AgentPoolError(code, message, { policy, provider_id: provider, example });

async function planOf(house: House, wish: SpawnWish): Promise<Plan> {
  const provider = spawnableProvider(house.config, wish.provider);
  const capacity = knownCapacity(house);
  assertHeadroom(house, provider.id, capacity);
  const program = await provider.find(placeOf(house));
  const repo = repositoryFolder(wish.repo);
  const id = house.given().newId();
  const worktree =
    wish.isolation === 'worktree' ? await planWorktree({ repo, provider: provider.id, sessionId: id }) : null;
  const prompt = workerPrompt(wish);
  const promptMode = wish.promptMode === 'provider_default' ? provider.promptMode : wish.promptMode;
  return {
    id,
    provider,
    capacity: capacityRecord(capacity),
    program,
    repo,
    worktree,
    promptMode: fitsArgument(prompt) ? promptMode : 'send_after_launch',
    prompt,
    artifacts: artifactPaths(house.paths.artifacts, id),
    tmuxSession: `${house.config.runtime.tmux.session_prefix}-${id}`,
  };
}

/** Linux refuses a program whose single argument has more than 128 KiB. */
const fitsArgument = (text: string): boolean => Buffer.byteLength(text) < 120 * 1024;

/** The intent. Live workers are counted in the same transaction, so that two spawns at once can not both be the last. */
function request(house: House, wish: SpawnWish, plan: Plan): void {
  const { ledger, config, coordinator } = house;
  const spawner = identity(process.pid);
  if (!spawner) throw new Error('this process is not in the process table');
  const command: WorkerCommand = {
    kind: 'request',
    provider_id: plan.provider.id,
    harness: plan.provider.harness,
    model: wish.model,
    account: wish.account,
    role: wish.role,
    task: redact(wish.task),
    runtime: wish.runtime,
    isolation: wish.isolation,
    repo_path: plan.repo,
    worktree: plan.worktree,
    artifact_dir: plan.artifacts.dir,
    transcript_path: plan.artifacts.transcript,
    tmux_session: plan.tmuxSession,
    coordinator_id: coordinator,
    supervision: wish.supervision,
    initial_prompt_mode: plan.promptMode,
    reasoning_effort: wish.reasoningEffort,
    service_tier: wish.serviceTier,
    allowed_files: wish.allowedFiles,
    max_runtime_seconds: wish.maxRuntimeSeconds,
    max_turns: wish.maxTurns,
    spawner,
    capacity: plan.capacity,
  };
  ledger.store.transaction(() => {
    const live = ledger.get<{ live: number }>(
      `SELECT count(*) AS live FROM sessions
       WHERE alive = 1 AND coordinator_id = ? AND state NOT IN ('COMPLETED', 'FAILED', 'CANCELLED')`,
      coordinator,
    );
    const refusal = checkParallel(config.policy, live?.live ?? 0);
    if (refusal) throw blocked(refusal, plan.provider.id);
    record(house, plan.id, command, wish.metadata);
  });
}

async function make(house: House, wish: SpawnWish, plan: Plan): Promise<void> {
  const cwd = await makePlace(house, plan);
  const { id, provider, program, promptMode, prompt } = plan;
  const spool = signalSpool(house, id, provider.id);
  const launch = provider.launch({
    worker: id,
    program,
    prompt,
    promptMode,
    readOnly: wish.isolation === 'read_only',
    model: wish.model,
    reasoningEffort: wish.reasoningEffort,
    serviceTier: wish.serviceTier,
    signal: spool?.command ?? null,
    port: spool && provider.listens ? await freePort() : null,
    folder: launchFolder(house, id),
    place: placeOf(house),
  });
  await writeLaunchFiles(house, id, { ...launch.files, ...spool?.files });
  const started = await house.tmux.newSession({
    name: plan.tmuxSession,
    worker: id,
    cwd,
    command: launch.command,
    env: { ...workerEnvironment(house.env), ...launch.env, ...spool?.env },
    unset: [],
    rows: SCREEN.rows,
    cols: Math.min(SCREEN.cols, provider.widest ?? SCREEN.cols),
    ...(promptMode === 'arg' ? {} : { buffer: { name: id, text: prompt } }),
  });
  recordStarted(house, plan.id, {
    tmux: { session_name: plan.tmuxSession, window: '0', pane: started.pane_id },
    pane_pid: started.pane_pid,
    server_pid: started.server_pid,
    command: launch.command.map((word) => (word === prompt ? '<prompt>' : redact(word))),
    adopted: false,
    prompt: promptMode === 'arg' ? { chars: prompt.length } : null,
  });
}

/** The worker's folders, and what its work will be compared with; where it works. */
async function makePlace(house: House, { id, repo, worktree, artifacts }: Plan): Promise<string> {
  await makeArtifactFolder(house.paths.artifacts, id);
  if (worktree) {
    await createWorktree(worktree);
    record(house, id, {
      kind: 'record_worktree',
      path: worktree.path,
      branch: worktree.branch,
      base: worktree.base,
    });
  }
  const cwd = worktree?.path ?? repo;
  const baseline = await takeBaseline(cwd, { objects: artifacts.baseline_objects });
  await writePrivateFile(artifacts.baseline, JSON.stringify(baseline));
  return cwd;
}

export interface Started {
  tmux: { session_name: string; window: string; pane: string };
  pane_pid: number;
  server_pid: number;
  command: string[];
  adopted: boolean;
  /** Where the command itself carried the prompt. */
  prompt: { chars: number } | null;
}

/** The outcome: it runs, and, where its command carried the task, it has it. */
export function recordStarted(house: House, id: string, started: Started): void {
  const { pane_pid, server_pid, prompt, ...data } = started;
  const server = identified(server_pid);
  const process = identified(pane_pid);
  house.ledger.store.transaction(() => {
    record(house, id, { kind: 'record_started', ...data, process, server });
    if (prompt)
      record(house, id, { kind: 'record_prompt', mode: 'arg', delivery: 'delivered', chars: prompt.chars });
  });
}

/** A process that has ended already is known by its number alone. */
const identified = (pid: number) => identity(pid) ?? { pid, started: '' };

/** Takes back what had been made of a worker that could not be made. */
async function undo(house: House, plan: Plan, error: unknown): Promise<void> {
  await house.tmux.killSession(plan.tmuxSession).catch(() => false);
  if (plan.worktree) await undoWorktree(plan.worktree);
  // Refused where somebody has ended it while it was being made: then that is why it could not be made.
  recordIfNews(house, plan.id, {
    kind: 'fail_spawn',
    code: error instanceof AgentPoolError ? error.code : 'SPAWN_FAILED',
    reason: redact(error instanceof Error ? error.message : String(error)),
  });
}
