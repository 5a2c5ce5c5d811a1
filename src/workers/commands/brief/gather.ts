import { agentSessionId } from '../../../agents/contract/launch.ts';
import { lastSaidAndRan } from '../../../agents/contract/session-words.ts';
import { runnableAgent } from '../../../agents/registry.ts';
import { AgentPoolError } from '../../../lib/errors.ts';
import { workerStream } from '../../../machines/worker/state.ts';
import { exitInWords } from '../../../projections/sessions/json.ts';
import { chainOf } from '../../../projections/sessions/lineage.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import { tailLines } from '../../../terminal/transcript/transcript.ts';
import { artifactPaths } from '../../../workspace/artifacts.ts';
import { type AppContext, placeOfWorker } from '../../core/context.ts';
import { spawnRequest } from '../../core/requests/spawn-request.ts';
import { lettersAndDigits, type SentTexts, sentTexts } from '../../core/words/sent-texts.ts';
import { baselineIn, changesOf } from '../results/collect.ts';
import { patchOf } from '../results/patch.ts';
import { resultOf } from '../results/result.ts';
import { conversationIn } from './exchanges.ts';
import type { BriefCause, BriefChanges, BriefFacts, BriefReport, ChainLink } from './facts.ts';
import { lastOfEach, runsTests, shownCommands } from './shown-commands.ts';

/** What a brief can show of each, before its bound in bytes. */
const MOST = { messages: 6, commands: 60, transcript: 60, transcriptBytes: 512 * 1024 };

/** Reads the facts of a brief from the ledger, the artifacts, the worker's folder and its agent's own file. Records nothing. */
export async function gatherFacts(
  app: AppContext,
  session: SessionRow,
  { because, note }: { because: BriefCause; note: string | null },
): Promise<BriefFacts> {
  const request = spawnRequest(app, session.id);
  const { exchanges, openQuestion, limit } = conversationIn(app.ledger.stream(workerStream(session.id)));
  return {
    task: session.task,
    note,
    because,
    worker: {
      id: session.id,
      provider: session.provider_id,
      model: session.model,
      role: session.role,
      state: session.state,
      reason: session.reason ?? exitInWords(session),
      limit,
      folder: session.worktree_path ?? session.repo_path,
      branch: session.worktree_branch,
      base: request?.worktree?.base ?? null,
    },
    chain: predecessorsOf(app, session),
    exchanges,
    openQuestion,
    report: await reportOf(app, session),
    changes: await changesIn(app, session),
  };
}

/** Those before it, oldest first. */
function predecessorsOf({ ledger }: AppContext, session: SessionRow): ChainLink[] {
  const chain = chainOf(ledger, session);
  return chain
    .slice(
      0,
      chain.findIndex(({ id }) => id === session.id),
    )
    .map(({ id, provider_id, model }) => ({ id, provider: provider_id, model }));
}

async function reportOf(app: AppContext, session: SessionRow): Promise<BriefReport> {
  const result = await resultOf(app, session);
  const lines = tailLines(session.transcript_path, Number.POSITIVE_INFINITY, MOST.transcriptBytes);
  const own = await inOwnFile(app, session);
  const commands = lastOfEach(own.commands.length > 0 ? own.commands : shownCommands(lines));
  const ran = result && result.commands_run.length > 0 ? result.commands_run : commands.slice(-MOST.commands);
  const tests = result && result.tests_run.length > 0 ? result.tests_run : commands.filter(runsTests);
  return {
    result: result && {
      summary: result.summary,
      findings: result.findings,
      blockers: result.blockers,
      confidence: result.confidence,
    },
    said: own.messages,
    transcript: ownLines(lines, sentTexts(app, session)).slice(-MOST.transcript),
    commands: ran,
    tests,
  };
}

/** The lines that say something, without those that repeat what was sent to it. */
function ownLines(lines: readonly string[], sent: SentTexts): string[] {
  const echo = lettersAndDigits(sent.toString());
  return lines.filter((line) => {
    const words = lettersAndDigits(line);
    return words !== '' && !echo.includes(words);
  });
}

/** What its agent's own file of the conversation has; nothing where there is none, or it cannot be read. */
async function inOwnFile(
  app: AppContext,
  session: SessionRow,
): Promise<{ messages: string[]; commands: string[] }> {
  const nothing = { messages: [], commands: [] };
  const word = spawnRequest(app, session.id)?.result_word;
  const { words } = await runnableAgent(app.config, session.provider_id).catch(() => ({ words: undefined }));
  if (!words || word === undefined) return nothing;
  try {
    const path = words.find({
      session: session.conversation_id ?? agentSessionId(session.id),
      word,
      since: new Date(session.created_at),
      place: placeOfWorker(app, session),
    });
    return path === null ? nothing : lastSaidAndRan(path, words, MOST);
  } catch {
    return nothing;
  }
}

async function changesIn(app: AppContext, session: SessionRow): Promise<BriefChanges> {
  try {
    const { files, ignoredFiles, warnings } = await patchOf(app, session);
    return { files, warnings: [...warnings, ...ignored(ignoredFiles)] };
  } catch (error) {
    if (!(error instanceof AgentPoolError)) throw error;
    return (await withoutPatch(app, session)) ?? { files: [], warnings: [error.message] };
  }
}

/** The names alone, of a folder that is no repository or whose patch is too large. */
async function withoutPatch(app: AppContext, session: SessionRow): Promise<BriefChanges | null> {
  const paths = artifactPaths(app.paths.artifacts, session.id);
  const baseline = await baselineIn(paths);
  const changes = baseline && (await changesOf(session, baseline, paths).catch(() => null));
  if (!changes) return null;
  const files = changes.files.map(({ path, status, old_path = null }) => ({
    path,
    status: status === 'T' ? ('M' as const) : status,
    old_path,
    added: null,
    removed: null,
  }));
  return { files, warnings: [...changes.warnings, ...ignored(changes.ignored_files)] };
}

const ignored = (files: readonly string[]): string[] =>
  files.length === 0 ? [] : [`new files that git ignores: ${files.slice(0, 10).join(', ')}`];
