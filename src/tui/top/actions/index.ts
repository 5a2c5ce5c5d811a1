import type { ListedWorker, WorkerDetail } from '../model/snapshot.ts';
import type { FooterKey } from '../model/state.ts';
import type { Action } from './action.ts';
import { answer } from './answer.ts';
import { attach } from './attach.ts';
import { collect } from './collect.ts';
import { diff } from './diff.ts';
import { handoff } from './handoff.ts';
import { interrupt } from './interrupt.ts';
import { park } from './park.ts';
import { refresh } from './refresh.ts';
import { replay } from './replay.ts';
import { send } from './send.ts';
import { spawn } from './spawn.ts';
import { terminate } from './terminate.ts';
import { watcher } from './watcher.ts';

/** Every action, in the order of the line of keys: what is needed most comes first. */
export const actions: readonly Action[] = [
  answer,
  send,
  attach,
  interrupt,
  park,
  handoff,
  collect,
  diff,
  replay,
  terminate,
  spawn,
  refresh,
  watcher,
];

export const actionOf = (key: string): Action | null => actions.find((action) => action.key === key) ?? null;

/** What the keys do for a worker; null if none is selected. */
export const hintsFor = (worker: ListedWorker | null, detail: WorkerDetail | null): FooterKey[] =>
  actions.map((action) => ({
    key: action.key,
    label: action.label,
    help: action.help,
    isHidden: action.isHidden === true,
    why: whyNot(action, worker, detail),
  }));

/** Why an action does nothing now; null if it does. */
export function whyNot(
  action: Action,
  worker: ListedWorker | null,
  detail: WorkerDetail | null,
): string | null {
  if (action.needs === 'nothing') return null;
  if (!worker) return 'No worker is selected.';
  if (worker.machine !== null) return `It is on ${worker.machine}: press ${action.key} in a dashboard there.`;
  return action.isPossible(worker, detail);
}
