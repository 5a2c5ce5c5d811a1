import type { SessionRow } from '../../../projections/sessions/queries.ts';
import type { Parked } from '../../../projections/sessions/schema.ts';
import type { Picture } from '../../../terminal/recording/format.ts';
import type { CapacityRow } from '../../../usage/capacity/capacity.ts';
import type { Diff } from '../../../workers/commands/results/patch.ts';
import type { WorkerWords } from '../../../workers/commands/results/worker-words.ts';

/** A worker as the list shows it. */
export interface ListedWorker {
  session: SessionRow;
  /** The machine that it is on; null where it is this one. */
  machine: string | null;
  /** When it entered its state. */
  since: string;
  /** The limit that it waits for; only while it is parked. */
  parked: Parked | null;
  /** Its place among those of its account; only while it is queued. */
  place: number | null;
  /** Why the watcher cannot watch it, or why a message may not have arrived. */
  trouble: string | null;
  /** What its agent used, all kinds together; null while it is not known. */
  tokens: number | null;
}

export interface Subscription {
  /** `codex-cli`, `claude-code@work`. */
  key: string;
  /** The name of its agent for a person. */
  name: string;
  /** The account, without `@`; null for the default one. */
  account: string | null;
  /** What `agentpool setup` takes for its agent. */
  target: string;
  row: CapacityRow;
}

export interface RecentEvent {
  at: string;
  session: string;
  /** The state that it entered. */
  state: string;
  task: string;
}

/** `off`: config.yaml disables it. `unneeded`: none runs and nothing has to be watched. */
export type WatcherHealth = 'runs' | 'silent' | 'stopped' | 'off' | 'unneeded';

/** Why the ledger cannot be read, and what to type. */
export interface LedgerTrouble {
  message: string;
  example: string | null;
}

/** What the ledger says at one moment. */
export interface Snapshot {
  at: Date;
  /** What needs a person first. */
  workers: readonly ListedWorker[];
  subscriptions: readonly Subscription[];
  /** Below this percentage a limit blocks. */
  least: number;
  /** Newest first. */
  recent: readonly RecentEvent[];
  watcher: WatcherHealth;
  /** Null while it can be read: then the rest is what was read last. */
  trouble: LedgerTrouble | null;
  /** Whether config.yaml is invalid: then the last valid one is in force. */
  isConfigInvalid: boolean;
  /** Set where the ledger may only be read. */
  readOnly: string | null;
}

export interface TimelineEntry {
  at: string;
  state: string | null;
  words: string;
  evidence: readonly string[];
}

export type Loaded<T> = { kind: 'loading' } | { kind: 'failed'; why: string } | { kind: 'loaded'; value: T };

/** What is known of the selected worker beside its row. */
export interface WorkerDetail {
  /** Whose it is. */
  id: string;
  screen: Loaded<Picture>;
  /** What it asks or reported; null if neither. */
  words: WorkerWords | null;
  diff: Loaded<Diff>;
  timeline: Loaded<readonly TimelineEntry[]>;
}

export const LOADING = { kind: 'loading' } as const;

export const emptyDetail = (id: string): WorkerDetail => ({
  id,
  screen: LOADING,
  words: null,
  diff: LOADING,
  timeline: LOADING,
});
