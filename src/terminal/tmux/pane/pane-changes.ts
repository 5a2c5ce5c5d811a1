import { type FSWatcher, mkdirSync, watch } from 'node:fs';
import { basename } from 'node:path';
import { AgentPoolError } from '../../../lib/errors.ts';
import { isRunning } from '../../../lib/process/process-table.ts';
import type { TmuxServer } from '../server.ts';

/** How often to check that the pane's process runs, in milliseconds, should neither hook nor pipe report its end. */
const POLL_MS = 5000;

/** Reports that a pane may have died or changed its size: to be captured again. */
export class PaneChanges {
  readonly #onChange: () => void;
  #files: FSWatcher | null = null;
  #poll: NodeJS.Timeout | undefined;
  /** The pane's process; null until it is known. */
  pid: number | null = null;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** Follows the file that the hooks of the server write to. Throws TMUX_FAILED if no server runs. */
  async follow(server: TmuxServer): Promise<void> {
    const { folder, changed, socket } = server;
    if (!(await server.isListening())) {
      const said = `no server running on ${socket}`;
      throw new AgentPoolError('TMUX_FAILED', `tmux: ${said}`, { said });
    }
    // A server that workers share has none for each.
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#files = watch(folder, (_, name) => {
      if (name === basename(changed) || name === null) this.#onChange();
    });
    // The folder goes with its server; the output ends then too.
    this.#files.on('error', () => this.#files?.close());
    this.#poll = setInterval(() => this.#checkProcess(), POLL_MS);
  }

  close(): void {
    this.#files?.close();
    clearInterval(this.#poll);
  }

  get isRunning(): boolean {
    return this.pid === null || isRunning(this.pid);
  }

  #checkProcess(): void {
    if (!this.isRunning) this.#onChange();
  }
}
