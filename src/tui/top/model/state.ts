import type { Widget } from '../widgets/widget.ts';
import type { ListedWorker, Snapshot, WorkerDetail } from './snapshot.ts';

export const tabs = ['screen', 'diff', 'timeline', 'facts'] as const;
export type Tab = (typeof tabs)[number];

/** A key of the line at the bottom. */
export interface FooterKey {
  key: string;
  label: string;
  /** A sentence for the help. */
  help: string;
  /** Whether only the help names it. */
  isHidden: boolean;
  /** Why it does nothing for the selected worker; null if it does. */
  why: string | null;
}

export interface Notice {
  kind: 'done' | 'busy' | 'failed';
  text: string;
}

/** Everything that the frame shows. */
export interface State {
  cols: number;
  rows: number;
  now: Date;
  /** Null until the ledger was read. */
  snapshot: Snapshot | null;
  /** The id of the selected worker. */
  selected: string | null;
  /** The first row of the list that is shown, as far as the selection leaves a choice. */
  top: number;
  filter: string;
  /** Whether the filter is being typed. */
  isFiltering: boolean;
  tab: Tab;
  /** Lines that the detail pane is scrolled: from the end of a screen, from the beginning of anything else. */
  scroll: number;
  /** Whether rows that are longer than the detail pane go on in the next one. */
  wraps: boolean;
  /** Lines that the subscriptions are scrolled. */
  limitsTop: number;
  detail: WorkerDetail | null;
  /** What the keys do for the selected worker. */
  keys: readonly FooterKey[];
  dialog: Widget<unknown> | null;
  notice: Notice | null;
}

export const initialState = (cols: number, rows: number, now: Date): State => ({
  cols,
  rows,
  now,
  snapshot: null,
  selected: null,
  top: 0,
  filter: '',
  isFiltering: false,
  tab: 'screen',
  scroll: 0,
  wraps: false,
  limitsTop: 0,
  detail: null,
  keys: [],
  dialog: null,
  notice: null,
});

/** The workers that the filter leaves: each of its words is somewhere in what is known of them. */
export function shownWorkers({
  snapshot,
  filter,
}: Pick<State, 'snapshot' | 'filter'>): readonly ListedWorker[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const all = snapshot?.workers ?? [];
  if (words.length === 0) return all;
  return all.filter(({ session, machine }) => {
    const { id, provider_id, account, state, task, model, role, repo_path, worktree_branch } = session;
    const known = [id, provider_id, account, state, task, model, role, repo_path, worktree_branch];
    const text = `${known.join(' ')} ${machine ?? ''} ${STATE_WORDS[state] ?? ''}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

export const selectedWorker = (state: State): ListedWorker | null =>
  shownWorkers(state).find(({ session }) => session.id === state.selected) ?? null;

/** A state in the word that a person reads. */
export const STATE_WORDS: Readonly<Record<string, string>> = {
  QUEUED: 'queued',
  STARTING: 'starting',
  READY: 'ready',
  RUNNING: 'running',
  AWAITING_USER_INPUT: 'question',
  AWAITING_APPROVAL: 'approval',
  IDLE: 'idle',
  PARKED: 'parked',
  COMPLETED: 'completed',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
  LOST: 'lost',
  UNKNOWN: 'unknown',
};
