import { setTimeout as sleep } from 'node:timers/promises';
import { kill } from '../../lib/process/kill.ts';
import { TmuxServer } from './server.ts';

/** The server that all workers of a home had before 0.3, for those that are still in it. */
export class SharedServer extends TmuxServer {
  /**
   * Ends one worker's session. The control clients of a watcher of that time go first: tmux before 3.7 crashes, with
   * every session that it has, when a session is destroyed under a client with a subscription.
   */
  override async killSession(name: string): Promise<boolean> {
    await this.#endControlClients(name);
    return (await this.ifExists(['kill-session', '-t', `=${name}`])) !== null;
  }

  /** Gives up after a second: a client that cannot be ended must not keep the session. */
  async #endControlClients(session: string): Promise<void> {
    const list = ['list-clients', '-t', `=${session}`, '-F', '#{client_control_mode} #{client_pid}'];
    for (let left = 100; left > 0; left--) {
      const clients = await this.ifExists(list);
      const pids = [...(clients ?? '').matchAll(/^1 (\d+)$/gm)].map(([, pid]) => Number(pid));
      if (pids.length === 0) return;
      // Killed, so that its server drops it at once: one that leaves in its own time is what makes tmux crash.
      for (const pid of pids) kill(pid);
      await sleep(10);
    }
  }
}
