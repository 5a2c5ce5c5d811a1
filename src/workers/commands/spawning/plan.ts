import type { ProgramPlace, RunnableAgent } from '../../../agents/contract/launch.ts';
import { spawnableAgent } from '../../../agents/registry.ts';
import type { PromptMode } from '../../../events/catalogue/words.ts';
import { capacityRecord } from '../../../usage/capacity/current.ts';
import { type ArtifactPaths, artifactPaths } from '../../../workspace/artifacts.ts';
import { planWorktree, type WorktreePlan } from '../../../workspace/worktrees/worktrees.ts';
import { type AppContext, placeOfWorker } from '../../core/context.ts';
import { repositoryFolder } from '../../core/repository.ts';
import { isByLimit, type ModelChoice, rememberRefusal } from '../../core/requests/refused-spawns.ts';
import { newResultWord, workerPrompt } from '../../core/words/prompt.ts';
import { assertHeadroom, knownCapacity } from '../../queries/capacity.ts';
import type { SpawnRequest } from './options.ts';

/** What is decided before anything is created. */
export interface SpawnPlan {
  id: string;
  agent: RunnableAgent;
  /** The capacity of every provider at this moment. */
  capacity: Record<string, unknown>;
  /** The environment of its account, and the home in it. */
  place: ProgramPlace;
  choice: ModelChoice;
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

/** Decides everything about a worker. Its id is given where a request had one before. */
export async function planOf(
  app: AppContext,
  request: SpawnRequest,
  id = app.given().newId(),
): Promise<SpawnPlan> {
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
    tmuxSession: tmuxSessionOf(app, id),
  };
}

/** Linux refuses to start a program with a single argument of more than 128 KiB. */
export const fitsArgument = (text: string): boolean => Buffer.byteLength(text) < 120 * 1024;

export const tmuxSessionOf = ({ config }: AppContext, id: string): string =>
  `${config.runtime.tmux.session_prefix}-${id}`;
