import { setTimeout as sleep } from 'node:timers/promises';
import type { ProgramPlace, RunnableAgent } from '../../../agents/contract/launch.ts';
import { withProgramFolders } from '../../../agents/contract/search-path.ts';
import { versionOptions } from '../../../agents/version-options.ts';
import type { PromptMode } from '../../../events/catalogue/words.ts';
import { identity } from '../../../lib/process/processes.ts';
import { redact } from '../../../workspace/redaction/redaction.ts';
import type { AppContext } from '../../core/context.ts';
import { workerEnvironment } from '../../core/environment.ts';
import { launchFolder, writeLaunchFiles } from '../../core/launch-folder.ts';
import { record } from '../../core/record.ts';
import { freePort, signalSpool } from '../../sight/signals/for-worker.ts';

/** The size of a worker's screen, in characters. */
const SCREEN = { cols: 200, rows: 50 };

/** One process of a worker: the first one, or that of a later run. */
export interface WorkerRun {
  id: string;
  agent: RunnableAgent;
  /** The environment of its account, and the home in it. */
  place: ProgramPlace;
  /** The words of the command line that starts it on this machine. */
  program: readonly string[];
  /** The folder it works in. */
  cwd: string;
  tmuxSession: string;
  /** The number of this process; 1 where left out. */
  run?: number;
  /** The conversation of its agent that it takes up; a new one is begun where left out. */
  conversation?: string | null;
  /** Null for one that waits at its prompt; its prompt mode is then not `arg`. */
  prompt: string | null;
  promptMode: Exclude<PromptMode, 'provider_default'>;
  readOnly: boolean;
  model: string | null;
  reasoningEffort: string | null;
  serviceTier: string | null;
}

/**
 * Starts a process in a terminal of its own and appends the outcome: it runs. Its intent is recorded before.
 * `onReady` runs when all that it needs is there, right before it starts.
 */
export async function startRun(
  app: AppContext,
  run: WorkerRun,
  onReady: () => Promise<void> = async () => {},
): Promise<void> {
  const { id, agent, place, program, promptMode, prompt } = run;
  const spool = signalSpool(app, id, agent.id);
  const launch = agent.launch({
    worker: id,
    ...(run.run === undefined ? {} : { run: run.run }),
    ...(run.conversation ? { resumes: { id: run.conversation, folder: run.cwd } } : {}),
    program,
    prompt: prompt ?? '',
    promptMode,
    readOnly: run.readOnly,
    model: run.model,
    reasoningEffort: run.reasoningEffort,
    serviceTier: run.serviceTier,
    signal: spool?.command ?? null,
    port: spool && agent.listens ? await freePort() : null,
    versionOptions: await versionOptions(program, agent.versionOptions ?? [], app),
    folder: launchFolder(app, id),
    place,
  });
  await writeLaunchFiles(app, id, { ...launch.files, ...spool?.files });
  await onReady();
  const open = async () =>
    app.tmux.newFor(id).newSession({
      name: run.tmuxSession,
      worker: id,
      cwd: run.cwd,
      command: launch.command,
      env: {
        ...withProgramFolders(await workerEnvironment(place.env), program[0] ?? ''),
        ...launch.env,
        ...spool?.env,
      },
      unset: [],
      rows: SCREEN.rows,
      cols: Math.min(SCREEN.cols, agent.widest ?? SCREEN.cols),
      ...(promptMode === 'arg' || prompt === null ? {} : { buffer: { name: id, text: prompt } }),
    });
  const started = await (run.run === undefined ? open() : despiteCleanup(open));
  recordStarted(app, id, {
    tmux: { session_name: run.tmuxSession, window: '0', pane: started.pane_id },
    pane_pid: started.pane_pid,
    server_pid: started.server_pid,
    command: launch.command.map((word) => (word === prompt ? '<prompt>' : redact(word))),
    adopted: false,
    prompt: promptMode === 'arg' && prompt !== null ? { chars: prompt.length } : null,
  });
}

/** How long another process may take to remove what the terminal of the earlier run has left, in milliseconds. */
const CLEANUP_MS = 300;

/**
 * The terminal of a later run has the folder of the earlier one, which another process may be removing: its end was
 * recorded a moment ago. A session that still runs in it is never touched.
 */
async function despiteCleanup<T>(open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch {
    await sleep(CLEANUP_MS);
    return open();
  }
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
