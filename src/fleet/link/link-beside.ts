import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { packageRoot } from '../../lib/package-root.ts';
import { GIT_VARIABLES } from '../../workspace/git/call.ts';
import type { LeaseReport } from '../leases/keeper.ts';
import type { LinkState } from '../state-file.ts';
import type { LinkOptions } from './options.ts';

/** What the thread gets. */
export interface LinkThreadData extends Pick<LinkOptions, 'folder' | 'member' | 'env' | 'place' | 'version'> {
  /** The file of this machine's ledger. */
  ledger: string;
}

/** What it says. */
export type LinkReport =
  /** These machines have asked something of another one, perhaps of this. */
  | { kind: 'asked'; machineIds: string[] }
  | { kind: 'state'; state: LinkState }
  | { kind: 'leases'; reports: LeaseReport[] }
  | { kind: 'fault'; what: string; message: string };

/** How long a thread that was asked to end may take, in milliseconds: the database may not answer any more. */
const END_MS = 1000;

/** The variables that say how a database is reached. */
const NAMES = ['HOME', 'PGUSER', 'PGPASSWORD', 'PGPASSFILE'];

/** The link to the database of the fleet, in a thread of this process. */
export class LinkBeside {
  readonly #thread: Worker;
  readonly #ended: Promise<void>;

  /** `onEnd` is called if the thread has ended by itself, with its error. */
  constructor(data: LinkThreadData, on: { report(report: LinkReport): void; end(error: unknown): void }) {
    const given = (names: readonly string[]) =>
      Object.fromEntries(names.flatMap((name) => (data.env[name] ? [[name, data.env[name]]] : [])));
    const env = given(NAMES);
    this.#thread = new Worker(join(packageRoot(), 'dist', 'fleet-link.js'), {
      workerData: { ...data, env },
      execArgv: [],
      // It asks git what the folders of leases are clones of.
      env: { ...given(GIT_VARIABLES), ...env },
    });
    let error: unknown = null;
    this.#thread.on('message', on.report);
    this.#thread.on('error', (thrown) => {
      error = thrown;
    });
    this.#ended = new Promise((resolve) => {
      this.#thread.once('exit', () => {
        on.end(error);
        resolve();
      });
    });
  }

  /** Ends it, at once if it has not ended in time: nothing in it can be lost. */
  async close(): Promise<void> {
    this.#thread.postMessage('end');
    const late = setTimeout(() => void this.#thread.terminate(), END_MS);
    await this.#ended;
    clearTimeout(late);
  }
}
