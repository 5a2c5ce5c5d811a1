import { setTimeout as sleep } from 'node:timers/promises';
import type { PaneExit } from '../pane-facts.ts';
import type { TmuxServer } from '../server.ts';

/** How often and how long to wait for tmux to report how a dead pane's process ended. */
const maxExitChecks = 20;
const exitCheckMs = 50;

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
