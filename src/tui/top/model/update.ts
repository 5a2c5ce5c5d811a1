import type { Snapshot, WorkerDetail } from './snapshot.ts';
import { type FooterKey, type Notice, type State, shownWorkers, type Tab, tabs } from './state.ts';

/** What changes the state of the dashboard. */
export type Change =
  | { kind: 'read'; snapshot: Snapshot }
  | { kind: 'minute'; now: Date }
  | { kind: 'resized'; cols: number; rows: number }
  | { kind: 'moved'; by: number }
  | { kind: 'selected'; id: string }
  | { kind: 'tab'; tab: Tab }
  | { kind: 'next_tab'; by: 1 | -1 }
  | { kind: 'scrolled'; by: number; most: number }
  | { kind: 'wrapped' }
  | { kind: 'limits_scrolled'; by: number }
  | { kind: 'filtering'; on: boolean }
  | { kind: 'filter'; text: string }
  | { kind: 'unfiltered' }
  | { kind: 'detail'; detail: WorkerDetail }
  | { kind: 'keys'; keys: readonly FooterKey[] }
  | { kind: 'dialog'; dialog: State['dialog'] }
  | { kind: 'notice'; notice: Notice | null };

export function update(state: State, change: Change): State {
  switch (change.kind) {
    case 'read':
      return withSelection({ ...state, snapshot: change.snapshot, now: change.snapshot.at }, state);
    case 'minute':
      return { ...state, now: change.now };
    case 'resized':
      return { ...state, cols: change.cols, rows: change.rows };
    case 'moved':
      return moved(state, change.by);
    case 'selected':
      return select(state, change.id);
    case 'tab':
      return state.tab === change.tab ? state : { ...state, tab: change.tab, scroll: 0 };
    case 'next_tab': {
      const at = tabs.indexOf(state.tab) + change.by;
      return { ...state, tab: tabs.at(at % tabs.length) ?? 'screen', scroll: 0 };
    }
    case 'scrolled':
      return { ...state, scroll: Math.max(0, Math.min(change.most, state.scroll + change.by)) };
    case 'wrapped':
      return { ...state, wraps: !state.wraps };
    case 'limits_scrolled':
      return { ...state, limitsTop: Math.max(0, state.limitsTop + change.by) };
    case 'filtering':
      return { ...state, isFiltering: change.on };
    case 'filter':
      return withSelection({ ...state, filter: change.text, top: 0 }, state);
    case 'unfiltered':
      return withSelection({ ...state, filter: '', isFiltering: false, top: 0 }, state);
    case 'detail':
      return change.detail.id === state.selected ? { ...state, detail: change.detail } : state;
    case 'keys':
      return { ...state, keys: change.keys };
    case 'dialog':
      return { ...state, dialog: change.dialog };
    case 'notice':
      return { ...state, notice: change.notice };
  }
}

function moved(state: State, by: number): State {
  const workers = shownWorkers(state);
  const at = workers.findIndex(({ session }) => session.id === state.selected);
  const to = workers[Math.min(workers.length - 1, Math.max(0, at + by))];
  return to ? select(state, to.session.id) : state;
}

const select = (state: State, id: string): State =>
  id === state.selected ? state : { ...state, selected: id, scroll: 0, detail: null };

/** Keeps the selection; if its worker is not shown any more, the one in its place is selected. */
function withSelection(next: State, before: State): State {
  const workers = shownWorkers(next);
  if (workers.some(({ session }) => session.id === next.selected)) return next;
  const at = shownWorkers(before).findIndex(({ session }) => session.id === before.selected);
  const instead = workers[Math.min(workers.length - 1, Math.max(0, at))];
  return { ...next, selected: instead?.session.id ?? null, scroll: 0, detail: null };
}
