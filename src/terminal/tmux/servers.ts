import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import type { Env } from '../../config/paths.ts';
import { serverEnvironment } from './config.ts';
import { serverNames, serverPlace, sharedSocketPath } from './places.ts';
import { type SessionFacts, TmuxServer } from './server.ts';
import { SharedServer } from './shared-server.ts';

/**
 * The private tmux servers of one AGENTPOOL_HOME. Each worker has its own: what crashes or freezes one server leaves the
 * other workers alone.
 */
export class TmuxServers {
  readonly home: string;
  readonly #environment: Env;

  constructor(home: string, env: Env) {
    this.home = home;
    this.#environment = serverEnvironment(env);
  }

  /**
   * The server of a worker, whether or not it runs. A worker that was started before 0.3 is in the server that they
   * shared. Throws BAD_SESSION_NAME.
   */
  of(worker: string): TmuxServer {
    const place = serverPlace(this.home, worker);
    const socket = sharedSocketPath(this.home);
    return existsSync(place.socket) || !existsSync(socket)
      ? new TmuxServer(place, this.#environment)
      : new SharedServer({ ...place, socket }, this.#environment);
  }

  /** A server of the worker's own, to start it in. Throws BAD_SESSION_NAME. */
  newFor(worker: string): TmuxServer {
    return new TmuxServer(serverPlace(this.home, worker), this.#environment);
  }

  /** The servers that have left files, running or not, and the one that workers shared before 0.3. */
  all(): TmuxServer[] {
    const own = serverNames(this.home).map((name) => this.newFor(name));
    const socket = sharedSocketPath(this.home);
    const shared = existsSync(socket) ? [this.of('shared')] : [];
    return [...shared, ...own];
  }

  /**
   * Every session, without those of `except`, servers that are named after their workers. What makes a server fail
   * throws: it is never reported as 'no sessions'.
   */
  async sessions(except: ReadonlySet<string> = new Set()): Promise<SessionFacts[]> {
    const asked = this.all().filter(({ folder }) => !except.has(basename(folder)));
    const lists = await Promise.all(
      asked.map(async (server) => ((await server.isListening()) ? server.listSessions() : [])),
    );
    return lists.flat();
  }
}
