import type { PromptMode } from '../../events/catalogue/words.ts';
import type { SignalKind } from './signal-kinds.ts';

/** What a worker is started for. */
export interface LaunchRequest {
  /** The worker's id. */
  worker: string;
  /** The words that start the agent, as `find` gave them. */
  program: readonly string[];
  /** The whole text that it is given: the task, and how to report. */
  prompt: string;
  /** The prompt mode in force; with `arg` the prompt is part of the command. */
  promptMode: Exclude<PromptMode, 'provider_default'>;
  readOnly: boolean;
  model: string | null;
  reasoningEffort: string | null;
  serviceTier: string | null;
  /** The words that hand a signal of that kind to whoever watches; null where signals are switched off. */
  signal: ((kind: SignalKind) => string[]) | null;
  /** A free port of 127.0.0.1 for an agent that tells its signals there; null where it has none, or they are off. */
  port: number | null;
  place: ProgramPlace;
  /** A private folder for files of this one process, absolute; there only while the worker lives. */
  folder: string;
}

export interface Launch {
  /** Argument vector; no shell reads it. */
  command: string[];
  env: Record<string, string>;
  /** Files to write before the start: content by path below `folder`. */
  files?: Record<string, string>;
}

/** Where programs are looked for. */
export interface ProgramPlace {
  env: Readonly<Record<string, string | undefined>>;
  home: string;
  /** Folders of the whole system that are looked through last; the usual ones when left out. */
  shared_folders?: readonly string[];
}

/** A worker whose agent tells of itself. */
export interface Followed {
  /** The folder of its launch files. */
  folder: string;
  /** The process in its pane. */
  pid: number;
  place: ProgramPlace;
}

/** How a text is submitted to an agent's input box, and how one sees that it was taken. */
export interface SubmitStyle {
  keys: readonly string[];
  /** Stands in the box for a long paste. */
  pastedPlaceholder: RegExp | null;
  /** Says that the text waits for the end of the turn. */
  queued: RegExp | null;
  /** Cleared with C-u before a text goes in. */
  clearsBox: boolean;
}

/** Choices of its dialogs that take words of one's own, by their labels. */
export interface DialogWords {
  /** Typed as soon as the pointer stands there. */
  inPlace?: RegExp;
  /** Typed into a field that Enter opens. */
  afterEnter?: RegExp;
}

/** An agent that AgentPool can run: how to start it and how to type into it. */
export interface Provider {
  id: string;
  displayName: string;
  harness: string;
  /** The detection rules that read its screens. */
  rules: string;
  promptMode: Exclude<PromptMode, 'provider_default'>;
  submit: SubmitStyle;
  interruptKeys: readonly string[];
  dialogWords?: DialogWords;
  /** The widest screen on which its words stand alone; any width where left out. */
  widest?: number;
  /** Tells its signals at a port of its own. */
  listens?: true;
  /** Follows what an agent tells of itself beside its hooks, until it is closed. Reads only. */
  follow?(worker: Followed, onSignal: (kind: SignalKind) => void): { close(): void };
  /** The words that start it on this machine. Throws PROVIDER_NOT_INSTALLED with how to install it. */
  find(place: ProgramPlace): Promise<readonly string[]>;
  launch(request: LaunchRequest): Launch;
}

/** A program that reads lines: Enter submits, nothing is shown in place of the text. */
export const LINE_SUBMIT: SubmitStyle = {
  keys: ['Enter'],
  pastedPlaceholder: null,
  queued: null,
  clearsBox: false,
};
