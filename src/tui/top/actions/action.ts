import { AgentPoolError, errorMessage } from '../../../lib/errors.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import type { ListedWorker, Snapshot, WorkerDetail } from '../model/snapshot.ts';
import type { Line } from '../text/line.ts';
import type { ConfirmSpec } from '../widgets/confirm.ts';
import type { EditorSpec } from '../widgets/editor.ts';
import type { ListSpec } from '../widgets/list.ts';

/** What an action asks the person for. Each resolves to null if the dialog was left without an answer. */
export interface Dialogs {
  /** One of several; null if it was left. */
  choose<T>(list: ListSpec<T>): Promise<T | null>;
  /** Some of several, perhaps none; null if it was left. */
  tick<T>(list: ListSpec<T>): Promise<T[] | null>;
  /** A text that is not blank; null if it was left. */
  write(editor: EditorSpec): Promise<string | null>;
  /** The text that was kept under this name has reached where it belongs. */
  forget(draft: string): void;
  confirm(question: ConfirmSpec): Promise<boolean>;
  /** A text to read, which scrolls. */
  read(title: string, lines: (width: number) => Line[]): Promise<void>;
  /** A line at the bottom until the next key: what was done, or what is under way. */
  say(text: string, kind?: 'done' | 'busy' | 'failed'): void;
  /** Gives the terminal to another program, and takes it back when `work` is done, however it ends. */
  outside<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

/** What an action works with. */
export interface Given {
  app: AppContext;
  /** The worker as the ledger knows it now, not as it was drawn. */
  session: SessionRow;
  worker: ListedWorker;
  /** What is known of its screen and its question; null while that is read. */
  detail: WorkerDetail | null;
  snapshot: Snapshot;
  dialogs: Dialogs;
}

/** The same for an action that needs no worker: the selected one, if there is one. */
export type GivenAnyway = Omit<Given, 'session' | 'worker'> & Partial<Pick<Given, 'session' | 'worker'>>;

interface Named {
  /** The key that starts it: a character, or `enter`. */
  key: string;
  /** What the line of keys says behind the key. */
  label: string;
  /** A sentence for the help, a verb first. */
  help: string;
  /** Whether only the help names it: for what is rarely needed, or said elsewhere. */
  isHidden?: true;
}

/**
 * What a key does to the selected worker. It calls one function of `workers/commands`, which decides and records; what
 * that throws is shown.
 */
export interface WorkerAction extends Named {
  needs: 'worker';
  /** Why it does nothing for this worker now; null if it does. */
  isPossible(worker: ListedWorker, detail: WorkerDetail | null): string | null;
  run(given: Given): Promise<void>;
}

/** What a key does without a worker. */
export interface FreeAction extends Named {
  needs: 'nothing';
  run(given: GivenAnyway): Promise<void>;
}

export type Action = WorkerAction | FreeAction;

/** What is wrong, and what to type next. */
export function inOneLine(error: unknown): string {
  const example = error instanceof AgentPoolError ? error.details.example : undefined;
  const words = errorMessage(error).split('\n', 1)[0] ?? '';
  return example === undefined ? words : `${words}  try: ${example}`;
}
