import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { PREFERENCES_URI } from '../config/preferences.ts';
import type { House } from '../workers/house.ts';
import { workerResource } from './resources.ts';

/** How soon a change is told. Asking SQLite for its change counter costs microseconds. */
const LOOK_MS = 100;
/** Events that are looked at in one go; whoever was away for longer hears of everything. */
const BATCH = 1000;

/** The resources that a client wants to hear of, and the watch on what they are made of, while there are any. */
export class Subscriptions {
  readonly #tell: (uri: string) => void;
  readonly #wanted = new Set<string>();
  #watching: AbortController | null = null;

  constructor(tell: (uri: string) => void) {
    this.#tell = tell;
  }

  add(uri: string, house: House): void {
    this.#wanted.add(uri);
    if (this.#watching) return;
    this.#watching = new AbortController();
    const { signal } = this.#watching;
    this.#watch(house, signal).catch((error: unknown) => {
      // A ledger that can not be read is told to whoever calls a tool; the server goes on.
      process.stderr.write(`agentpool mcp: subscriptions ended: ${String(error)}\n`);
      if (this.#watching?.signal === signal) this.close();
    });
  }

  remove(uri: string): void {
    this.#wanted.delete(uri);
    if (this.#wanted.size === 0) this.close();
  }

  close(): void {
    this.#watching?.abort();
    this.#watching = null;
  }

  /** The log's own change counter, not file watches: those coalesce and lose changes on some systems. */
  async #watch({ ledger: { store }, paths }: House, signal: AbortSignal): Promise<void> {
    let position = store.lastPosition();
    let counter = store.changeCounter();
    let preferences = stampOf(paths.preferences);
    while (!signal.aborted) {
      await sleep(LOOK_MS);
      if (signal.aborted) return;
      const now = stampOf(paths.preferences);
      if (now !== preferences) this.#raise((uri) => uri === PREFERENCES_URI);
      preferences = now;
      const later = store.changeCounter();
      if (later === counter) continue;
      counter = later;
      const events = store.readAll({ from: position + 1, limit: BATCH });
      position = store.lastPosition();
      const streams = new Set(events.map(({ stream_id }) => stream_id));
      this.#raise((uri) => events.length === BATCH || isTouched(uri, streams));
    }
  }

  #raise(concerns: (uri: string) => boolean): void {
    for (const uri of this.#wanted) if (concerns(uri)) this.#tell(uri);
  }
}

function stampOf(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat ? `${stat.mtimeMs} ${stat.size}` : '';
}

function isTouched(uri: string, streams: ReadonlySet<string>): boolean {
  const some = (kind: string) => [...streams].some((stream) => stream.startsWith(kind));
  const worker = workerResource(uri);
  if (worker) return some(`worker/${worker.session}`);
  if (uri === 'agentpool://sessions') return some('worker/');
  return uri === 'agentpool://usage' && some('usage/');
}
