import { setTimeout as sleep } from 'node:timers/promises';
import type { StoredEvent } from '../../events/event.ts';
import { changed } from '../../events/store/follow.ts';
import { FollowedFiles } from '../../lib/files/followed-files.ts';
import type { Ledger } from '../../projections/projector/ledger.ts';

/** Appends that come together are one notification per resource. */
const BETWEEN_APPENDS_MS = 100;
/** A transcript that grows is reported once a second, not with every line. */
const FILES = { everyMs: 1000, pollMs: 2000 };
/** Events that are read at once; after more than that, every resource is reported. */
const BATCH = 1000;

/** What a resource depends on: it has changed when one of these has. */
export interface ResourceTrigger {
  event(event: StoredEvent): boolean;
  files: readonly string[];
}

/** The resources that a client has subscribed to, and the watch on what they are made of, while there are any. */
export class Subscriptions {
  readonly #report: (uri: string) => void;
  readonly #wanted = new Map<string, ResourceTrigger>();
  #files: FollowedFiles | null = null;
  #watching: AbortController | null = null;

  constructor(report: (uri: string) => void) {
    this.#report = report;
  }

  add(uri: string, source: ResourceTrigger, { store }: Ledger): void {
    this.#wanted.set(uri, source);
    if (source.files.length > 0) {
      const isMadeOf = (paths: ReadonlySet<string>) => (each: ResourceTrigger) =>
        each.files.some((file) => paths.has(file));
      this.#files ??= new FollowedFiles((paths) => this.#raise(isMadeOf(paths)), FILES);
      for (const file of source.files) this.#files.add(file);
    }
    if (this.#watching) return;
    this.#watching = new AbortController();
    const { signal } = this.#watching;
    this.#watch(store, signal).catch((error: unknown) => {
      // The next tool call reports a ledger that cannot be read; the server goes on.
      process.stderr.write(`agentpool mcp: subscriptions ended: ${String(error)}\n`);
      if (this.#watching?.signal === signal) this.close();
    });
  }

  remove(uri: string): void {
    const files = this.#wanted.get(uri)?.files ?? [];
    this.#wanted.delete(uri);
    const kept = new Set([...this.#wanted.values()].flatMap((source) => source.files));
    for (const file of files) if (!kept.has(file)) this.#files?.remove(file);
    if (this.#wanted.size === 0) this.close();
  }

  close(): void {
    this.#watching?.abort();
    this.#watching = null;
    void this.#files?.close();
    this.#files = null;
  }

  async #watch(store: Ledger['store'], signal: AbortSignal): Promise<void> {
    let position = store.lastPosition();
    let seen = store.changeCounter();
    while (!signal.aborted) {
      await changed(store, seen, signal);
      if (signal.aborted) return;
      seen = store.changeCounter();
      const events = store.readAll({ from: position + 1, limit: BATCH });
      position = events.length === BATCH ? store.lastPosition() : (events.at(-1)?.position ?? position);
      this.#raise((source) => events.length === BATCH || events.some((event) => source.event(event)));
      await sleep(BETWEEN_APPENDS_MS, undefined, { signal }).catch(() => {});
    }
  }

  #raise(concerns: (source: ResourceTrigger) => boolean): void {
    for (const [uri, source] of this.#wanted) if (concerns(source)) this.#report(uri);
  }
}
