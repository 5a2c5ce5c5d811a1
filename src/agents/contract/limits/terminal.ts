import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorMessage } from '../../../lib/errors.ts';
import { endProcesses, identity, workerProcesses } from '../../../lib/process/processes.ts';
import type { TmuxServer } from '../../../terminal/tmux/server.ts';
import { TmuxServers } from '../../../terminal/tmux/servers.ts';
import { failure, type SourceContext, type UsageFailure } from './reading.ts';
import { scrub } from './scrub.ts';

export interface ScreenQuestion {
  program: readonly string[];
  args: readonly string[];
  /** Variables that the program must not see. */
  unset: readonly string[];
  /** The slash command to type. */
  command: string;
  /** The screen on which the command can be typed. */
  ready: RegExp;
  /** The screen that answers it. */
  answered: RegExp;
  /** A dialog that only a person may answer: a folder to trust, a login. */
  dialog: RegExp;
}

const POLL_MS = 150;

/**
 * Types a slash command into an agent in a tmux server of its own and gives the screen that answers it. No
 * dialog is answered, and nothing but the command is typed. Server, agent and folder are gone afterwards.
 */
export async function askScreen(
  context: SourceContext,
  question: ScreenQuestion,
): Promise<string | UsageFailure> {
  const home = await mkdtemp(join(tmpdir(), 'agentpool-usage-'));
  const tmux = new TmuxServers(home, context.env).newFor('usage');
  const worker = `usage-${randomUUID()}`;
  let root: ReturnType<typeof identity> = null;
  try {
    const started = await tmux.newSession({
      name: 'usage',
      worker,
      cwd: context.workdir,
      command: [...question.program, ...question.args],
      env: defined(context.env, question.unset),
      unset: [...question.unset],
      cols: 120,
      rows: 50,
    });
    root = identity(started.pane_pid);
    return await converseOnScreen(tmux, started.pane_id, context.signal, question);
  } catch (error) {
    return failure('failed', scrub(errorMessage(error)));
  } finally {
    // The programs first: what ignores the hangup of its terminal would outlive the server.
    await endProcesses(() => workerProcesses({ sessionId: worker, root }), { graceMs: 500 }).catch(() => []);
    await tmux.killServer().catch(() => false);
    await rm(home, { recursive: true, force: true });
  }
}

async function converseOnScreen(
  tmux: TmuxServer,
  pane: string,
  signal: AbortSignal,
  question: ScreenQuestion,
): Promise<string | UsageFailure> {
  const ready = await screenWhere(
    tmux,
    pane,
    signal,
    (screen) => question.dialog.test(screen) || question.ready.test(screen),
  );
  if (ready === null) return stuck(signal, 'it never came to its input box');
  if (question.dialog.test(ready))
    return failure('failed', 'a dialog waits for a person at its start: open the agent once yourself');
  await tmux.sendKeys(pane, [question.command], { literal: true });
  const typed = await screenWhere(tmux, pane, signal, (screen) => screen.includes(question.command));
  if (typed === null) return stuck(signal, `it did not take ${question.command}`);
  await tmux.sendKeys(pane, ['Enter']);
  const answer = await screenWhere(tmux, pane, signal, (screen) => question.answered.test(screen));
  return answer ?? stuck(signal, `it did not answer ${question.command}`);
}

const stuck = (signal: AbortSignal, reason: string): UsageFailure =>
  failure(signal.aborted ? 'timed_out' : 'failed', reason);

/** The first screen that fits; null at the deadline or when the program has ended. */
async function screenWhere(
  tmux: TmuxServer,
  pane: string,
  signal: AbortSignal,
  fits: (screen: string) => boolean,
): Promise<string | null> {
  while (!signal.aborted) {
    const screen = await tmux.run(['capture-pane', '-p', '-J', '-t', pane]);
    if (fits(screen)) return screen;
    const facts = await tmux.paneFacts(pane);
    if (facts === null || facts.pane_dead) return null;
    await sleep(POLL_MS);
  }
  return null;
}

function defined(env: SourceContext['env'], unset: readonly string[]): Record<string, string> {
  const given = Object.entries(env).filter(
    ([name, value]) =>
      value !== undefined && !unset.includes(name) && !/^(?:TMUX|TERM|COLUMNS|LINES)/.test(name),
  );
  return Object.fromEntries(given) as Record<string, string>;
}
