import { setTimeout as sleep } from 'node:timers/promises';
import { monotonic } from '../../../lib/time/monotonic.ts';
import type { PaneExit } from '../pane-facts.ts';
import type { TmuxServer } from '../server.ts';
import type { PaneOutput } from './pane-output.ts';

/** How often to check that the rest has come, in milliseconds. */
const CHECK_MS = 10;
/** How long to wait for output while none comes, in milliseconds: its passer may be stopped for good. */
const STALLED_MS = 30_000;
/** How often and how long to wait for tmux to take note that the pane's process has ended. */
const maxDeathChecks = 20;
const deathCheckMs = 50;
/** How often and how long to wait for tmux to report how a dead pane's process ended. */
const maxExitChecks = 20;
const exitCheckMs = 50;

/**
 * Resolves when the last output of a pane whose process has ended was read, or when none has come for half a minute.
 * tmux keeps the pipe of a dead pane open, so no end of the stream reports it. But a pane is dead only once tmux has
 * handed on all of its output: from then on it suffices that nothing is on its way any more.
 */
export async function lastOutputRead(tmux: TmuxServer, paneId: string, output: PaneOutput): Promise<void> {
  for (let checks = 0; checks < maxDeathChecks; checks++) {
    const facts = await tmux.paneFacts(paneId).catch(() => null);
    const isRead = await handedOnRead(output);
    if (!isRead || facts === null || facts.pane_dead) return;
    await sleep(deathCheckMs);
  }
}

/** Resolves to true when nothing is on its way, and to false when it is stalled. */
async function handedOnRead(output: PaneOutput): Promise<boolean> {
  let bytes = output.bytes;
  for (let since = monotonic(); !output.isRead(); await sleep(CHECK_MS)) {
    if (output.bytes === bytes && monotonic() - since > STALLED_MS) return false;
    if (output.bytes !== bytes) since = monotonic();
    bytes = output.bytes;
  }
  return true;
}

/**
 * How the process of a dead pane has ended, of which the capture has said `exit`. tmux can report it later than the end
 * of the output. If it has missed the exit, it checks again when another child ends.
 */
export async function exitOf(tmux: TmuxServer, paneId: string, exit: PaneExit): Promise<PaneExit> {
  for (let checks = 0; exit.code === null && exit.signal === null && checks < maxExitChecks; checks++) {
    await tmux.run(['run-shell', '-b', 'true']).catch(() => '');
    await sleep(exitCheckMs);
    const facts = await tmux.paneFacts(paneId).catch(() => null);
    if (facts?.pane_dead) exit = { code: facts.exit_code, signal: facts.exit_signal };
  }
  return exit;
}
