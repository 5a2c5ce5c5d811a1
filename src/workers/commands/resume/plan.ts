import { taskInPrompt } from '../../../agents/contract/input-words.ts';
import type { ProgramPlace, RunnableAgent } from '../../../agents/contract/launch.ts';
import { spawnableAgent } from '../../../agents/registry.ts';
import { keyOfWorker } from '../../../config/accounts.ts';
import { checkSpawn } from '../../../config/policy.ts';
import type { AwaitedLimit } from '../../../events/catalogue/worker-shapes.ts';
import { AgentPoolError } from '../../../lib/errors.ts';
import type { ProcessEntry } from '../../../lib/process/processes.ts';
import { shell } from '../../../lib/text/shell.ts';
import { workerStream } from '../../../machines/worker/state.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import { currentUndelivered } from '../../../projections/undelivered.ts';
import { typeable } from '../../../terminal/input/submit.ts';
import { type AppContext, placeOfWorker } from '../../core/context.ts';
import { notStarted } from '../../core/requests/queued-requests.ts';
import { assertTextFits } from '../../core/words/given-text.ts';
import { newResultWord, workerPrompt } from '../../core/words/prompt.ts';
import type { Brief } from '../brief/brief.ts';
import { buildBrief } from '../brief/build.ts';
import { blocked } from '../spawning/allowed.ts';
import { fitsArgument, tmuxSessionOf } from '../spawning/plan.ts';
import type { WorkerRun } from '../spawning/start-run.ts';
import { assertClosed, type Continuing, continuing } from './conversation.ts';
import { folderOf, type WorkFolder } from './folder.ts';
import { leftoversOf } from './leftovers.ts';
import { type PastRuns, pastRunsOf } from './past-runs.ts';
import { cannotWait, limitAwaited } from './waiting.ts';

export interface ResumeOptions {
  /** What it is given to do; null for what its state calls for. */
  task: string | null;
  /** The conversation that the caller chose among several; null for its own. */
  conversation: string | null;
}

/** What is decided before anything is started. */
export interface ResumePlan {
  continuing: Continuing;
  folder: WorkFolder;
  /** What its last process has left running, which is ended first. */
  left: readonly ProcessEntry[];
  /** What its agent may not have got of what it was sent before. It is not sent again: that could be twice. */
  doubts: string[];
  /** The limit that it waits for before it gets anything; null if it goes on at once. */
  waits: AwaitedLimit | null;
  brief: Brief | null;
  run: Omit<WorkerRun, 'cwd'> & { run: number };
  resultWord: string | null;
  /** The commit that its worktree was made from; null if it had none. */
  base: string | null;
}

/** Decides how a worker goes on. Starts and records nothing. @throws what prevents it. */
export async function planResume(
  app: AppContext,
  session: SessionRow,
  options: ResumeOptions,
): Promise<ResumePlan> {
  assertGone(session);
  const left = leftoversOf(app, session);
  const past = pastRunsOf(app.ledger.stream(workerStream(session.id)));
  if (!past) throw neverRan(session);
  const hasTask = options.task !== null;
  const { agent, place, program, waits } = await agentOf(app, session, { past, hasTask });
  const folder = await folderOf(session, past);
  const asked = { agent, place, past, folder: folder.path, chosen: options.conversation };
  const way = continuing(app, session, asked);
  if (way.mode === 'conversation')
    await assertClosed(session, way.id, { agent, place, own: left.map(({ pid }) => pid) });
  if (waits && way.mode === 'brief') throw cannotWait(session, waits, way.why);
  if (options.task?.trim() === '')
    throw new AgentPoolError('INVALID_REQUEST', 'The task is empty.', { example: example(session) });
  if (options.task !== null) assertTextFits('The task', options.task, example(session));
  const given = await givenText(app, session, { past, way, options, waits });
  const { request } = past;
  const promptMode = promptModeFor(agent, way, given.prompt);
  return {
    continuing: way,
    folder,
    left,
    doubts: doubtsOf(app, session, past),
    waits,
    brief: given.brief,
    resultWord: given.resultWord,
    base: past.worktree?.base ?? null,
    run: {
      id: session.id,
      agent,
      place,
      program,
      tmuxSession: tmuxSessionOf(app, session.id),
      run: session.run + 1,
      conversation: way.mode === 'conversation' ? way.id : null,
      prompt: given.prompt,
      promptMode,
      readOnly: session.isolation === 'read_only',
      model: session.model,
      reasoningEffort: request.reasoning_effort,
      serviceTier: request.service_tier,
    },
  };
}

const example = ({ id }: SessionRow): string => shell`agentpool resume ${id} --task "Go on with the tests"`;

/** Refuses one that runs, and one that never had a process. */
function assertGone(session: SessionRow): void {
  const { id, state, alive, pane_pid, run } = session;
  if (state === 'QUEUED') throw notStarted(id);
  if (alive === 1)
    throw new AgentPoolError(
      'SESSION_ALIVE',
      `${id} still runs (${state}). Send it a message, or end it first.`,
      {
        session_id: id,
        state,
        example: shell`agentpool send ${id} "..."`,
      },
    );
  if (run === 1 && pane_pid === null) throw neverRan(session);
}

const neverRan = ({ id, provider_id }: SessionRow) =>
  new AgentPoolError('SESSION_NOT_RESUMABLE', `${id} never ran; spawn it again.`, {
    session_id: id,
    example: shell`agentpool spawn --provider ${provider_id} --task "..."`,
  });

/** The agent with its program, if the policy still allows it, and the limit that it has to wait for. */
async function agentOf(
  app: AppContext,
  session: SessionRow,
  { past, hasTask }: { past: PastRuns; hasTask: boolean },
): Promise<{
  agent: RunnableAgent;
  place: ProgramPlace;
  program: readonly string[];
  waits: AwaitedLimit | null;
}> {
  const { provider_id: provider, isolation } = session;
  const key = keyOfWorker(session);
  const refusal = checkSpawn(app.config.policy, {
    provider,
    account: key,
    role: past.request.role,
    isolation,
  });
  if (refusal) throw blocked(refusal, provider);
  const agent = await spawnableAgent(app.config, provider);
  const waits = limitAwaited(app, session, { key, past, hasTask });
  const place = placeOfWorker(app, session);
  return { agent, place, program: await agent.find(place), waits };
}

function doubtsOf(app: AppContext, { id }: SessionRow, { unread }: PastRuns): string[] {
  const undelivered = currentUndelivered(app.ledger).get(id);
  if (undelivered !== undefined) return [undelivered];
  return unread
    ? [`its message of ${unread.toISOString()} came in the middle of a turn, and may not have been read`]
    : [];
}

interface Given {
  prompt: string | null;
  brief: Brief | null;
  /** The word in the markers of its result: a conversation keeps that which its first prompt spelt out. */
  resultWord: string | null;
}

async function givenText(
  app: AppContext,
  session: SessionRow,
  {
    past,
    way,
    options,
    waits,
  }: Pick<ResumePlan, 'waits'> & { past: PastRuns; way: Continuing; options: ResumeOptions },
): Promise<Given> {
  if (way.mode === 'conversation') {
    const words = options.task ?? (past.isCutOff && waits === null ? app.config.workers.continue_with : null);
    const prompt = words === null ? null : taskInPrompt(typeable(words).trim());
    return { prompt, brief: null, resultWord: past.begun.word };
  }
  const { task, isolation, allowed_files } = past.request;
  const brief = await buildBrief(app, session, { because: 'no_resume', note: null });
  const resultWord = newResultWord();
  const prompt = workerPrompt({
    task: options.task ?? task,
    isolation,
    allowedFiles: allowed_files,
    resultWord,
    brief: brief.text,
  });
  return { prompt, brief, resultWord };
}

/** Without a text nothing is delivered: the agent then waits at its prompt. */
function promptModeFor(
  agent: RunnableAgent,
  way: Continuing,
  prompt: string | null,
): WorkerRun['promptMode'] {
  if (prompt === null || !fitsArgument(prompt)) return 'send_after_launch';
  if (way.mode === 'brief') return agent.promptMode;
  return agent.conversations?.text === 'argument' ? 'arg' : 'send_after_launch';
}
