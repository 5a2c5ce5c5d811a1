import type { ProgramPlace, RunnableAgent } from '../../agents/contract/launch.ts';
import { withProgramFolders } from '../../agents/contract/search-path.ts';
import { spawnableAgent } from '../../agents/registry.ts';
import { versionOptions } from '../../agents/version-options.ts';
import { accountNamed, providerOfKey } from '../../config/accounts.ts';
import { checkParallel, checkSpawn, type PolicyRefusal } from '../../config/policy.ts';
import { fullProviderId, isAgent } from '../../config/provider-ids.ts';
import { isPlaceholderTask } from '../../config/task.ts';
import type { Isolation, PromptMode } from '../../events/catalogue/words.ts';
import { keepReserve } from '../../events/store/reserve.ts';
import { AgentPoolError, errorMessage, isUnwritable } from '../../lib/errors.ts';
import { writePrivateFile } from '../../lib/files/atomic-file.ts';
import { identity } from '../../lib/process/processes.ts';
import { shell } from '../../lib/text/shell.ts';
import type { WorkerCommand } from '../../machines/worker/commands.ts';
import { countWorking } from '../../projections/sessions/queries.ts';
import { capacityRecord } from '../../usage/capacity/current.ts';
import { type ArtifactPaths, artifactPaths, makeArtifactFolder } from '../../workspace/artifacts.ts';
import { takeBaseline } from '../../workspace/changes/baseline.ts';
import type { GitPlace } from '../../workspace/git/private-git.ts';
import { redact } from '../../workspace/redaction/redaction.ts';
import { endPreparing } from '../../workspace/worktrees/prepared.ts';
import { undoWorktree } from '../../workspace/worktrees/removal.ts';
import { createWorktree, planWorktree, type WorktreePlan } from '../../workspace/worktrees/worktrees.ts';
import { type AppContext, placeOfWorker } from '../core/context.ts';
import { workerEnvironment } from '../core/environment.ts';
import { assertTextFits, assertWord } from '../core/given-text.ts';
import { launchFolder, writeLaunchFiles } from '../core/launch-folder.ts';
import { newResultWord, workerPrompt } from '../core/prompt.ts';
import { record, recordOutcome, unlessRejected } from '../core/record.ts';
import {
  type Choice,
  firstChoice,
  forgetRefusal,
  isByLimit,
  rememberRefusal,
} from '../core/refused-spawns.ts';
import { repositoryFolder } from '../core/repository.ts';
import { ensureWatcher } from '../core/watcher-process.ts';
import { rememberTerminal } from '../notify/bell.ts';
import { assertHeadroom, knownCapacity } from '../queries/capacity.ts';
import { freePort, signalSpool } from '../sight/signals/for-worker.ts';
import { prepareWorktree } from './worktree-place.ts';

/** The size of a worker's screen, in characters. */
export const SCREEN = { cols: 200, rows: 50 };

export interface SpawnOptions {
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
  /** Shell commands of the caller that prepare the worktree; null for those of config.yaml. */
  setup: readonly string[] | null;
  /** The caller's notes, stored with the session. */
  metadata?: Record<string, unknown>;
}

/** With the id of its provider, and the key of its account. */
type Request = SpawnOptions & { key: string };

/** What is decided before anything is created. */
interface Plan {
  id: string;
  agent: RunnableAgent;
  /** The capacity of every provider at this moment. */
  capacity: Record<string, unknown>;
  /** The environment of its account, and the home in it. */
  place: ProgramPlace;
  choice: Choice;
  /** The words of the command line that starts it on this machine. */
  program: readonly string[];
  repo: string;
  promptMode: Exclude<PromptMode, 'provider_default'>;
  prompt: string;
  /** The word in the markers of its result. */
  resultWord: string;
  worktree: WorktreePlan | null;
  /** The commands that prepare the worktree. */
  setup: readonly string[];
  artifacts: ArtifactPaths;
  tmuxSession: string;
}

/**
 * Spawns a worker: appends the intent, creates the worker, appends the outcome. A process that is killed in between
 * leaves an intent that `reconcile` resolves. Returns the session's id once the worker runs.
 */
export async function spawnWorker(
  app: AppContext,
  options: SpawnOptions,
  { isWanted }: SpawnGuard = {},
): Promise<string> {
  const request = { ...options, ...accountOf(app, options) };
  assertAllowed(app, request);
  const plan = await planOf(app, request);
  recordIntent(app, request, plan, isWanted);
  try {
    await make(app, request, plan);
  } catch (error) {
    await undo(app, plan, error);
    throw error;
  }
  rememberTerminal(app, plan.id);
  ensureWatcher(app);
  return plan.id;
}

export interface SpawnGuard {
  /** Called in the transaction of the intent: throws if no worker may be started any more. */
  isWanted?: () => void;
}

/**
 * Checks a request as far as that is possible before its spawn; limits are left to the spawn. Returns the id of its
 * provider and the name of its account.
 * @throws what `spawnWorker` would throw.
 */
export async function checkRequest(
  app: AppContext,
  options: SpawnOptions,
): Promise<{ provider: string; account: string | null }> {
  const { provider, account, key } = accountOf(app, options);
  assertAllowed(app, { ...options, provider, account, key });
  const agent = await spawnableAgent(app.config, provider);
  await agent.find(placeOfWorker(app, { provider_id: agent.id, account }));
  repositoryFolder(options.repo);
  return { provider, account };
}

/** The provider and the account that the caller names. */
function accountOf(
  { config }: AppContext,
  { provider, account }: SpawnOptions,
): { provider: string; account: string | null; key: string } {
  const id = fullProviderId(provider, config.custom_providers);
  const base = fullProviderId(providerOfKey(provider), config.custom_providers);
  // `auto` is refused by the policy; to a fake and a custom provider, an account is a note of the caller.
  if (!isAgent(base)) return { provider: id, account, key: id };
  const named = accountNamed(config, provider, account);
  return { provider: named.provider, account: named.config ? named.name : account, key: named.key };
}

/** In characters; every list of sessions carries the metadata. */
const MOST_METADATA = 4096;

function assertAllowed(app: AppContext, request: Request): void {
  const { provider, key, task, role, isolation, runtime, metadata = {} } = request;
  const refusal = checkSpawn(app.config.policy, { provider, account: key, role, isolation });
  if (refusal) throw blocked(refusal, provider);
  if (isPlaceholderTask(task)) {
    throw new AgentPoolError(
      'INVALID_REQUEST',
      `${JSON.stringify(task)} is a placeholder; describe the task.`,
      {
        task,
        example: shell`agentpool spawn --provider ${provider} --task "Find out why the parser drops the last line"`,
      },
    );
  }
  const example = shell`agentpool spawn --provider ${provider} --task "Look for the parser"`;
  assertTextFits('The task', task, example);
  for (const [option, word] of [
    ['The model', request.model],
    ['The reasoning effort', request.reasoningEffort],
    ['The service tier', request.serviceTier],
  ] as const)
    assertWord(option, word, example);
  if (JSON.stringify(metadata).length > MOST_METADATA) {
    const message = `The metadata has more than ${MOST_METADATA} characters; store less with the session.`;
    throw new AgentPoolError('INVALID_REQUEST', message, {});
  }
  if (isolation !== 'worktree' && request.setup && request.setup.length > 0) {
    const message = `--setup prepares a worktree, and this worker gets none (isolation ${isolation}).`;
    throw new AgentPoolError('INVALID_REQUEST', message, {
      isolation,
      example: shell`agentpool spawn --provider ${provider} --isolation worktree --setup "npm ci" --task "Fix the test"`,
    });
  }
  if (runtime !== 'tmux') {
    throw new AgentPoolError('INVALID_REQUEST', `There is no runtime ${runtime}; workers run in tmux.`, {
      runtime,
      example: shell`agentpool spawn --provider ${provider} --runtime tmux --task "..."`,
    });
  }
}

const blocked = ({ code, policy, message, example }: PolicyRefusal, provider: string) =>
  new AgentPoolError(code, message, { policy, provider_id: provider, example });

async function planOf(app: AppContext, request: Request): Promise<Plan> {
  const agent = await spawnableAgent(app.config, request.provider);
  const capacity = knownCapacity(app);
  const choice = { provider_id: request.key, model: request.model };
  try {
    assertHeadroom(app, request.key, capacity, request.model);
  } catch (error) {
    if (isByLimit(error)) rememberRefusal(app, request.task, choice);
    throw error;
  }
  const place = placeOfWorker(app, { provider_id: agent.id, account: request.account });
  const program = await agent.find(place);
  const repo = repositoryFolder(request.repo);
  const id = app.given().newId();
  const worktree =
    request.isolation === 'worktree'
      ? await planWorktree({
          repo,
          provider: agent.id,
          sessionId: id,
          home: app.paths.home,
          root: app.config.workspace.worktree_root,
        })
      : null;
  const resultWord = newResultWord();
  const prompt = workerPrompt({ ...request, resultWord });
  const promptMode = request.promptMode === 'provider_default' ? agent.promptMode : request.promptMode;
  return {
    id,
    agent,
    capacity: capacityRecord(capacity),
    place,
    choice,
    program,
    repo,
    worktree,
    setup: worktree ? (request.setup ?? app.config.workspace.setup) : [],
    promptMode: fitsArgument(prompt) ? promptMode : 'send_after_launch',
    prompt,
    resultWord,
    artifacts: artifactPaths(app.paths.artifacts, id),
    tmuxSession: `${app.config.runtime.tmux.session_prefix}-${id}`,
  };
}

/** Linux refuses to start a program with a single argument of more than 128 KiB. */
const fitsArgument = (text: string): boolean => Buffer.byteLength(text) < 120 * 1024;

/** Appends the intent. Counts live workers in the same transaction, so that two spawns cannot both be the last. */
function recordIntent(
  app: AppContext,
  options: SpawnOptions,
  plan: Plan,
  isWanted: SpawnGuard['isWanted'],
): void {
  const { ledger, config, coordinator } = app;
  const spawner = identity(process.pid);
  if (!spawner) throw new Error('this process is not in the process table');
  const command: WorkerCommand = {
    kind: 'request',
    provider_id: plan.agent.id,
    harness: plan.agent.harness,
    model: options.model,
    account: options.account,
    role: options.role,
    task: redact(options.task),
    runtime: options.runtime,
    isolation: options.isolation,
    repo_path: plan.repo,
    worktree: plan.worktree,
    artifact_dir: plan.artifacts.dir,
    transcript_path: plan.artifacts.transcript,
    tmux_session: plan.tmuxSession,
    coordinator_id: coordinator,
    supervision: options.supervision,
    initial_prompt_mode: plan.promptMode,
    reasoning_effort: options.reasoningEffort,
    service_tier: options.serviceTier,
    allowed_files: options.allowedFiles,
    ...(plan.setup.length > 0 && { setup: plan.setup.map((command) => redact(command)) }),
    result_word: plan.resultWord,
    max_runtime_seconds: options.maxRuntimeSeconds,
    max_turns: options.maxTurns,
    spawner,
    capacity: plan.capacity,
    first_choice: firstChoice(app, options.task, plan.choice),
  };
  keepReserve(app.paths.ledger);
  ledger.store.transaction(() => {
    isWanted?.();
    const refusal = checkParallel(config.policy, countWorking(ledger, coordinator));
    if (refusal) throw blocked(refusal, plan.agent.id);
    record(app, plan.id, command, options.metadata);
  });
  forgetRefusal(app, options.task);
}

async function make(app: AppContext, request: SpawnOptions, plan: Plan): Promise<void> {
  const { cwd, prepared } = await makePlace(app, plan);
  const { id, agent, place, program, promptMode, prompt } = plan;
  const spool = signalSpool(app, id, agent.id);
  const launch = agent.launch({
    worker: id,
    program,
    prompt,
    promptMode,
    readOnly: request.isolation === 'read_only',
    model: request.model,
    reasoningEffort: request.reasoningEffort,
    serviceTier: request.serviceTier,
    signal: spool?.command ?? null,
    port: spool && agent.listens ? await freePort() : null,
    versionOptions: await versionOptions(program, agent.versionOptions ?? [], app),
    folder: launchFolder(app, id),
    place,
  });
  await writeLaunchFiles(app, id, { ...launch.files, ...spool?.files });
  if (prepared) await endPreparing(prepared);
  const started = await app.tmux.newFor(id).newSession({
    name: plan.tmuxSession,
    worker: id,
    cwd,
    command: launch.command,
    env: {
      ...withProgramFolders(await workerEnvironment(place.env), program[0] ?? ''),
      ...launch.env,
      ...spool?.env,
    },
    unset: [],
    rows: SCREEN.rows,
    cols: Math.min(SCREEN.cols, agent.widest ?? SCREEN.cols),
    ...(promptMode === 'arg' ? {} : { buffer: { name: id, text: prompt } }),
  });
  recordStarted(app, plan.id, {
    tmux: { session_name: plan.tmuxSession, window: '0', pane: started.pane_id },
    pane_pid: started.pane_pid,
    server_pid: started.server_pid,
    command: launch.command.map((word) => (word === prompt ? '<prompt>' : redact(word))),
    adopted: false,
    prompt: promptMode === 'arg' ? { chars: prompt.length } : null,
  });
}

/**
 * Creates the worker's folders and the baseline that its work is compared with; returns the folder it works in, and the
 * worktree that `endPreparing` has to release.
 */
async function makePlace(
  app: AppContext,
  { id, repo, worktree, artifacts, setup, place }: Plan,
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
    setup: { commands: setup, env, timeoutMs },
  });
  await writePrivateFile(artifacts.baseline, JSON.stringify(ready.baseline));
  return { cwd: ready.cwd, prepared: ready.isPrepared ? checkout.place : null };
}

export interface Started {
  tmux: { session_name: string; window: string; pane: string };
  pane_pid: number;
  server_pid: number;
  command: string[];
  adopted: boolean;
  /** The prompt, if the command line itself carried it. */
  prompt: { chars: number } | null;
}

/** Appends the outcome: the worker runs, and has its task if the command line carried it. */
export function recordStarted(app: AppContext, id: string, started: Started): void {
  const { pane_pid, server_pid, prompt, ...data } = started;
  const server = identified(server_pid);
  const process = identified(pane_pid);
  app.ledger.store.transaction(() => {
    record(app, id, { kind: 'record_started', ...data, process, server });
    if (prompt)
      record(app, id, { kind: 'record_prompt', mode: 'arg', delivery: 'delivered', chars: prompt.chars });
  });
}

/** A process that has already ended is known only by its pid. */
const identified = (pid: number) => identity(pid) ?? { pid, started: '' };

/** Removes what was created of a worker that could not be started. */
async function undo(app: AppContext, plan: Plan, error: unknown): Promise<void> {
  await app.tmux
    .newFor(plan.id)
    .killSession(plan.tmuxSession)
    .catch(() => false);
  if (plan.worktree) await undoWorktree(plan.worktree);
  // Rejected if another process ended it in the meantime: then that is why it could not be started.
  const outcome: WorkerCommand = {
    kind: 'fail_spawn',
    code: error instanceof AgentPoolError ? error.code : 'SPAWN_FAILED',
    reason: redact(errorMessage(error)),
  };
  try {
    unlessRejected(() => recordOutcome(app, plan.id, outcome));
  } catch (unrecorded) {
    // The next command records it; the caller gets the error that the spawn failed with.
    if (!isUnwritable(unrecorded)) throw unrecorded;
  }
}
