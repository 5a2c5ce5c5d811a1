import type { WorkerState } from '../events/catalogue/words.ts';
import type { Detail } from '../workers/core/details.ts';
import { isWaiting } from '../workers/core/setup/next-steps.ts';
import type { DialogShown } from '../workers/sight/dialogs/dialog.ts';

/** The call that makes sense next, for a model that has not read the manual. */
export interface NextTool {
  name: string;
  arguments: Record<string, unknown>;
  /** Arguments that the model has to supply itself. */
  fill?: string[];
}

/** What a tool knows of a worker when it suggests the next call. */
export interface SeenWorker {
  session_id: string;
  state: WorkerState;
  event: string;
  readiness: string | null;
  detail: Detail;
  lockdown: boolean;
  /** The dialog on its screen; null for a question in prose. */
  dialog: DialogShown | null;
  /** The tool that waits, and its arguments. */
  wait: NextTool;
}

const WORKING: readonly WorkerState[] = ['QUEUED', 'STARTING', 'READY', 'RUNNING', 'PARKED', 'UNKNOWN'];

/** Whether a worker may still do something without its coordinator. */
export const isWorking = (state: WorkerState): boolean => WORKING.includes(state);

export const isWaitingForYou = (state: WorkerState): boolean => isWaiting({ state, alive: true });

/** A dialog about payment, although what ended the wait may have been seen just before it. */
export const asksToPay = ({ event, dialog }: Pick<SeenWorker, 'event' | 'dialog'>): boolean =>
  event === 'overage_prompt' || dialog?.kind === 'overage';

/** The next call after a worker was observed. Null: the user has to decide. */
export function afterObserving(seen: SeenWorker): NextTool | null {
  const { session_id, state, detail, lockdown, dialog, wait } = seen;
  if (asksToPay(seen)) return attach(session_id);
  if (isWaitingForYou(state)) {
    if (lockdown) return attach(session_id);
    if (detail === 'summary') return read(session_id);
    return dialog
      ? answer(session_id, dialog)
      : { name: 'send_worker_message', arguments: { session_id }, fill: ['message'] };
  }
  if (isWorking(state)) return wait;
  return collect(session_id, lockdown);
}

/** The argument that the form of a dialog takes. */
function answer(session_id: string, { choices, multi_select, text_field }: DialogShown): NextTool {
  const name = 'answer_worker';
  if (choices.length > 0)
    return { name, arguments: { session_id }, fill: [multi_select ? 'choices' : 'choice'] };
  return text_field
    ? { name, arguments: { session_id }, fill: ['text'] }
    : { name, arguments: { session_id, submit: true } };
}

/** Shows the worker's text, which a summary leaves out. */
export const read = (session_id: string): NextTool => ({
  name: 'observe_worker',
  arguments: { session_id, detail: 'excerpt', timeout_seconds: 0 },
});

export const observe = (session_id: string): NextTool => ({
  name: 'observe_worker',
  arguments: { session_id },
});

/** Offered in another toolset: without it, the user has to be asked. */
const attach = (session_id: string): NextTool => ({ name: 'attach_info', arguments: { session_id } });

export const collect = (session_id: string, lockdown: boolean): NextTool => ({
  name: 'collect_worker_artifacts',
  arguments: { session_id, ...(lockdown ? {} : { detail: 'excerpt' }) },
});

export const terminate = (session_id: string): NextTool => ({
  name: 'terminate_worker',
  arguments: { session_id },
});

export const spawn = (given: Record<string, unknown> = {}): NextTool => ({
  name: 'spawn_worker',
  arguments: given,
  fill: ['provider_id', 'task', 'repo_path'].filter((each) => !(each in given)),
});

/** The next call after an error; null where the caller has to decide. */
export function afterError(code: string, args: Record<string, unknown>, lockdown: boolean): NextTool | null {
  const { session_id } = args;
  switch (code) {
    case 'PROVIDER_NOT_FOUND':
    case 'PROVIDER_NOT_INSTALLED':
    case 'PROVIDER_DISABLED':
      return { name: 'get_inventory', arguments: {} };
    case 'TMUX_SESSION_NOT_FOUND':
      return { name: 'list_sessions', arguments: {} };
    case 'LEASE_CONFLICT':
      return { name: 'list_file_leases', arguments: {} };
  }
  if (typeof session_id !== 'string') return null;
  switch (code) {
    case 'DIALOG_WAITS':
    case 'CHOICE_NOT_FOUND':
    case 'DIALOG_STUCK':
    case 'CHOICE_TAKES_NO_TEXT':
    case 'WORKER_BUSY':
      return lockdown ? null : read(session_id);
    case 'NO_DIALOG':
      return { name: 'send_worker_message', arguments: { session_id }, fill: ['message'] };
    case 'OVERAGE_NEEDS_A_PERSON':
      return attach(session_id);
    case 'SESSION_ENDED':
    case 'MAX_TURNS_REACHED':
      return collect(session_id, lockdown);
    case 'WORKTREE_ACTIVE':
      return terminate(session_id);
    default:
      return null;
  }
}
