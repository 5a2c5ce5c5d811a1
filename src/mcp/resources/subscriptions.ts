import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StoredEvent } from '../../events/event.ts';
import type { Ledger } from '../../projections/projector/ledger.ts';

/** How soon a change in the ledger is told. Asking SQLite for its change counter costs microseconds. */
const POLL_MS = 100;
/** Files are looked at every so many times: a transcript that grows is told once a second, not with every line. */
const POLLS_PER_FILE_CHECK = 10;
/** Events that are looked at in one go; whoever was away for longer hears of everything. */
const BATCH = 1000;

/** What a resource is made of: it has changed when one of these has. */
export interface Source {
  event(event: StoredEvent): boolean;
  files: readonly string[];
}

/** The resources that a client wants to hear of, and the watch on what they are made of, while there are any. */
export class Subscriptions {
  readonly #report: (uri: string) => void;
  readonly #wanted = new Map<string, Source>();
  /** Each file as it was when it was last looked at. */
  readonly #files = new Map<string, string>();
  #watching: AbortController | null = null;

  constructor(report: (uri: string) => void) {
    this.#report = report;
  }

  add(uri: string, source: Source, { store }: Ledger): void {
    this.#wanted.set(uri, source);
    for (const file of source.files) if (!this.#files.has(file)) this.#files.set(file, stampOf(file));
    if (this.#watching) return;
    this.#watching = new AbortController();
    const { signal } = this.#watching;
    this.#watch(store, signal).catch((error: unknown) => {
      // A ledger that can not be read is told to whoever calls a tool; the server goes on.
      process.stderr.write(`agentpool mcp: subscriptions ended: ${String(error)}\n`);
      if (this.#watching?.signal === signal) this.close();
    });
  }

  remove(uri: string): void {
    this.#wanted.delete(uri);
    const kept = new Set([...this.#wanted.values()].flatMap(({ files }) => files));
    for (const file of this.#files.keys()) if (!kept.has(file)) this.#files.delete(file);
    if (this.#wanted.size === 0) this.close();
  }

  close(): void {
    this.#watching?.abort();
    this.#watching = null;
  }

  /** The log's own change counter, not file watches: those coalesce and lose changes on some systems. */
  async #watch(store: Ledger['store'], signal: AbortSignal): Promise<void> {
    let position = store.lastPosition();
    let counter = store.changeCounter();
    for (let look = 1; !signal.aborted; look++) {
      await sleep(POLL_MS);
      if (signal.aborted) return;
      if (look % POLLS_PER_FILE_CHECK === 0) this.#checkFiles();
      const later = store.changeCounter();
      if (later === counter) continue;
      counter = later;
      const events = store.readAll({ from: position + 1, limit: BATCH });
      position = store.lastPosition();
      this.#raise((source) => events.length === BATCH || events.some((event) => source.event(event)));
    }
  }

  #checkFiles(): void {
    const changed = new Set<string>();
    for (const [file, before] of this.#files) {
      const now = stampOf(file);
      if (now !== before) changed.add(file);
      this.#files.set(file, now);
    }
    if (changed.size > 0) this.#raise(({ files }) => files.some((file) => changed.has(file)));
  }

  #raise(concerns: (source: Source) => boolean): void {
    for (const [uri, source] of this.#wanted) if (concerns(source)) this.#report(uri);
  }
}

function stampOf(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat ? `${stat.ino} ${stat.mtimeMs} ${stat.size}` : '';
}
