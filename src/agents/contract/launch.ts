import { createHash } from 'node:crypto';
import type { PromptMode } from '../../events/catalogue/words.ts';
import type { SubmitStyle } from '../../terminal/input/submit.ts';
import type { ConversationCandidate, ConversationOwner, Conversations } from './conversation.ts';
import type { ModelSettings } from './descriptor.ts';
import type { TakenWords } from './input-words.ts';
import type { SessionWords } from './session-words.ts';
import type { SignalKind } from './signal-kinds.ts';

/** What a worker is started for. */
export interface LaunchRequest {
  /** The worker's id. */
  worker: string;
  /** Which of its processes it is: 1 where left out. */
  run?: number;
  /** The conversation to take up, and the folder that it was held in; a new one is begun where left out. */
  resumes?: { id: string; folder: string };
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
  /** The command that hands a signal of that kind to the watcher; null where signals are switched off. */
  signal: ((kind: SignalKind) => string[]) | null;
  /** A free port of 127.0.0.1 for an agent that serves its signals there; null where it has none, or they are off. */
  port: number | null;
  /** Of `AgentLaunch.versionOptions` those that this version of the program has; none where left out. */
  versionOptions?: ReadonlySet<string>;
  place: ProgramPlace;
  /** A private folder for files of this one process, absolute; it exists only while the worker runs. */
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

/** A worker whose agent reports its own state. */
export interface Followed {
  /** The folder of its launch files. */
  folder: string;
  /** The process in its pane. */
  pid: number;
  place: ProgramPlace;
}

/** How an agent's input box takes a text, and whether that of a person is recognised in it. */
export interface BoxStyle extends SubmitStyle {
  /**
   * Where typed text has the terminal's own colour, and what it suggests in an empty box is dim: then text that a
   * person has typed is recognised and kept. `framed`: only in a box with lines around it.
   */
  showsDraft?: 'framed' | 'any';
}

/** Choices of its dialogs that take words of one's own, by their labels. */
export interface DialogWords {
  /** Typed as soon as the pointer is there. */
  inPlace?: RegExp;
  /** Typed into a field that Enter opens. */
  afterEnter?: RegExp;
}

/** How a worker of one agent is started and typed into, and how it reports its turns: what the descriptor does not say. */
export interface AgentLaunch {
  /** What differs from LINE_SUBMIT. */
  submit: Partial<BoxStyle>;
  /** What its input box takes for itself, in the order in which it is made plain; UNKNOWN_BOX where left out. */
  takes?: readonly TakenWords[];
  /** The keys that stop a turn, pressed one by one; null where nothing is known of it. What its screen names is pressed instead. */
  interruptKeys: readonly string[] | null;
  /** The keys are the user's own choice: the screen does not replace them. */
  hasOwnKeys?: true;
  dialogWords?: DialogWords;
  /** The widest screen, in columns, on which nothing is drawn beside its text; any width where left out. */
  widest?: number;
  /** It serves its signals at a port of its own. */
  listens?: true;
  /** How long after the reset of a limit it goes on by itself at the latest, in milliseconds, where it does. */
  continuesAfterMs?: number;
  /** It tries again after a refusal and shows nothing but work meanwhile. */
  retriesSilently?: true;
  /** It was tried that it takes what is typed as soon as its box is drawn; others are given a second more. */
  readsOnceDrawn?: true;
  /** Options that `start` uses and that only some versions have. The program is asked for them, by `--help`. */
  versionOptions?: readonly string[];
  /** Follows what an agent reports of itself beside its hooks, until it is closed. Reads only. */
  follow?(worker: Followed, onSignal: (kind: SignalKind) => void): { close(): void };
  /** Where it keeps what was said in a session; left out where that is not known. */
  words?: SessionWords;
  /** How it takes up a conversation again; left out where that is not known. */
  conversations?: Conversations;
  /** The words that start it, where it is not searched for on this machine: a fake, or a command of the user's own. */
  program?(): readonly string[];
  /** The arguments, variables and files of one start. The prompt is not among them. */
  start(
    request: LaunchRequest,
    settings: ModelSettings,
  ): Partial<Omit<Launch, 'command'>> & { args: string[] };
  /** The words at the end of the command that hand over the prompt. */
  promptArgs(prompt: string): string[];
}

/** An agent as workers meet it on this machine, with what config.yaml says of it. */
export interface RunnableAgent
  extends Pick<
    AgentLaunch,
    | 'interruptKeys'
    | 'hasOwnKeys'
    | 'dialogWords'
    | 'widest'
    | 'listens'
    | 'continuesAfterMs'
    | 'retriesSilently'
    | 'readsOnceDrawn'
    | 'versionOptions'
    | 'follow'
    | 'words'
    | 'conversations'
  > {
  id: string;
  harness: string;
  promptMode: Exclude<PromptMode, 'provider_default'>;
  submit: BoxStyle;
  takes: readonly TakenWords[];
  /** The words that start it on this machine. Throws PROVIDER_NOT_INSTALLED with how to install it. */
  find(place: ProgramPlace): Promise<readonly string[]>;
  /** Throws INVALID_REQUEST where the agent has no option for what is requested. */
  launch(request: LaunchRequest): Launch;
}

/** Of a plan: nothing is started, as it has no program. */
export const NO_LAUNCH: AgentLaunch = {
  submit: {},
  interruptKeys: null,
  start: () => ({ args: [] }),
  promptArgs: () => [],
};

/** A program that reads lines: Enter submits, nothing is shown in place of the text. */
export const LINE_SUBMIT: BoxStyle = {
  keys: ['Enter'],
  pastedPlaceholder: null,
  queued: null,
  clearsBox: false,
};

/** `--model X`, where a model is asked for and the agent has an argument for it. */
export function modelArgs({ model }: LaunchRequest, { model_arg }: ModelSettings): string[] {
  return model !== null && model_arg !== null ? [model_arg, model] : [];
}

/** `--effort X` in the agent's own word, where an effort is asked for. */
export function effortArgs({ reasoningEffort }: LaunchRequest, settings: ModelSettings): string[] {
  const { reasoning_effort_arg } = settings;
  return reasoningEffort !== null && reasoning_effort_arg !== null
    ? [reasoning_effort_arg, reasoningEffort]
    : [];
}

/** Words of a command of the user's own that take up or name a session: such a command is left as it is. */
export const CHOSEN_SESSION = /^(--(session-id|resume|continue|fork-session)\b|-[rc]$)/;

/**
 * The words that take up the conversation of the request as `resume` says, or give a new one the id of
 * `agentSessionId`. Never both: agents refuse an id that exists.
 */
export function sessionArgs(
  { program, worker, run = 1, resumes }: LaunchRequest,
  resume: (id: string) => string[] = () => [],
): string[] {
  if (resumes) return resume(resumes.id);
  return program.some((word) => CHOSEN_SESSION.test(word))
    ? []
    : ['--session-id', agentSessionId(worker, run)];
}

/**
 * The id under which a worker's agent keeps its session, where the agent lets its caller choose: a UUID that follows
 * from the worker's own id, so that which belongs to which need not be recorded. A later run that begins another
 * session has another id, since an agent refuses one that exists.
 */
export function agentSessionId(worker: string, run = 1): string {
  const name = run === 1 ? `agentpool ${worker}` : `agentpool ${worker} run ${run}`;
  const hex = createHash('sha256').update(name).digest('hex');
  // Version 8: a UUID whose content is the maker's own affair (RFC 9562).
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

/** The conversation that an agent was started with, where it has one of that id. */
export function namedAtStart(
  { worker, run, place }: ConversationOwner,
  { isKept }: Pick<Conversations, 'isKept'>,
): ConversationCandidate[] {
  const id = agentSessionId(worker, run);
  return isKept(id, place) ? [{ id, about: 'named at its start' }] : [];
}
