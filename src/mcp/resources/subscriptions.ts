import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StoredEvent } from '../../events/event.ts';
import type { Ledger } from '../../projections/projector/ledger.ts';

/** How soon a change in the ledger is reported. Reading SQLite's change counter takes microseconds. */
const POLL_MS = 100;
/** Files are checked once per this many polls: a growing transcript is reported once a second, not with every line. */
const POLLS_PER_FILE_CHECK = 10;
/** Events per check; with more of them, every resource counts as changed. */
const MAX_EVENTS = 1000;

/** What a resource depends on: it has changed when one of these has. */
export interface Source {
  event(event: StoredEvent): boolean;
  files: readonly string[];
}

/** The resources that a client has subscribed to. Watches what they depend on while there are any. */
export class Subscriptions {
  readonly #report: (uri: string) => void;
  readonly #subscribed = new Map<string, Source>();
  /** The stamp of each file at the last check. */
  readonly #files = new Map<string, string>();
  #watching: AbortController | null = null;

  constructor(report: (uri: string) => void) {
    this.#report = report;
  }

  add(uri: string, source: Source, { store }: Ledger): void {
    this.#subscribed.set(uri, source);
    for (const file of source.files) if (!this.#files.has(file)) this.#files.set(file, stampOf(file));
    if (this.#watching) return;
    this.#watching = new AbortController();
    const { signal } = this.#watching;
    this.#watch(store, signal).catch((error: unknown) => {
      // A ledger that cannot be read is an error of the next tool call; the server keeps running.
      process.stderr.write(`agentpool mcp: subscriptions ended: ${String(error)}\n`);
      if (this.#watching?.signal === signal) this.close();
    });
  }

  remove(uri: string): void {
    this.#subscribed.delete(uri);
    const needed = new Set([...this.#subscribed.values()].flatMap(({ files }) => files));
    for (const file of this.#files.keys()) if (!needed.has(file)) this.#files.delete(file);
    if (this.#subscribed.size === 0) this.close();
  }

  close(): void {
    this.#watching?.abort();
    this.#watching = null;
  }

  /** Uses the log's own change counter, not file watches: those coalesce and lose changes on some systems. */
  async #watch(store: Ledger['store'], signal: AbortSignal): Promise<void> {
    let position = store.lastPosition();
    let counter = store.changeCounter();
    for (let poll = 1; !signal.aborted; poll++) {
      await sleep(POLL_MS);
      if (signal.aborted) return;
      if (poll % POLLS_PER_FILE_CHECK === 0) this.#checkFiles();
      const current = store.changeCounter();
      if (current === counter) continue;
      counter = current;
      const events = store.readAll({ from: position + 1, limit: MAX_EVENTS });
      position = store.lastPosition();
      this.#notify((source) => events.length === MAX_EVENTS || events.some((event) => source.event(event)));
    }
  }

  #checkFiles(): void {
    const changed = new Set<string>();
    for (const [file, before] of this.#files) {
      const now = stampOf(file);
      if (now !== before) changed.add(file);
      this.#files.set(file, now);
    }
    if (changed.size > 0) this.#notify(({ files }) => files.some((file) => changed.has(file)));
  }

  #notify(concerns: (source: Source) => boolean): void {
    for (const [uri, source] of this.#subscribed) if (concerns(source)) this.#report(uri);
  }
}

function stampOf(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat ? `${stat.ino} ${stat.mtimeMs} ${stat.size}` : '';
}
