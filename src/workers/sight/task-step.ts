import type { Classification } from '../../terminal/detection/classify.ts';
import { dialogEventOf } from './screen-meaning.ts';

/** The screen of a worker that has not got its task yet. */
export interface TaskMoment {
  classification: Pick<Classification, 'label' | 'overage' | 'startup'>;
  /** Whether the agent has rules of its own: then it has an input box, and reads keys as soon as it takes text. */
  hasRules: boolean;
  /** Whether it is known to take what is typed as soon as its box is drawn, or has signalled that it waits for a task. */
  isReading: boolean;
  /** The row of a dialog that no rule knows; null where none is shown. */
  dialog: string | null;
  isBlank: boolean;
  /** Whether an input box is drawn. */
  hasBox: boolean;
  /** How long the screen has not changed, in milliseconds. */
  quietMs: number;
  /** How long the worker has been running, in milliseconds. */
  ageMs: number;
}

/** What the program does with its terminal. */
export interface InputUse {
  /** Its terminal edits lines for it, and echoes them whether it reads or not. */
  byLines: boolean;
  cursorVisible: boolean;
  /** Whether a process waits for the terminal's input; null where that cannot be known. */
  isRead: boolean | null;
}

export type TaskStep =
  | { kind: 'type' }
  /** Look again then, also if nothing is printed. */
  | { kind: 'later'; inMs: number }
  /** How the program uses its terminal has to be known. */
  | { kind: 'ask' }
  /** The task is not typed as long as the screen shows this. */
  | { kind: 'hold'; reason: string }
  /** What the screen shows has to change first, or is handled by its rule. */
  | { kind: 'wait' };

/** A screen at rest. */
const SETTLED_MS = 400;
/** The same for the prompt of an agent that reads: what was typed is verified on the screen. */
const PROMPT_MS = 150;
/** How long a program that draws its own input may be quiet before it has drawn all of it. */
const DRAWN_MS = 1000;
/** The same for a program of which only its silence says that it reads lines. */
const SILENT_MS = 1500;
const BLANK_MS = 2500;
/** The task is typed at the latest then, unless the screen shows something that it must not be typed into. */
const LATEST_MS = 10_000;
/** How long an agent may take until it has drawn something and reads keys: on a loaded machine OpenCode took 40 s. */
export const SLOWEST_START_MS = 60_000;
const AGAIN_MS = 300;

const WAIT: TaskStep = { kind: 'wait' };
const TYPE: TaskStep = { kind: 'type' };
const later = (inMs: number): TaskStep => ({ kind: 'later', inMs: Math.max(inMs, 50) });

/**
 * Whether to type the task into a screen that no rule knows as a prompt, or into the prompt of an agent that reads as
 * soon as it is drawn. Other known prompts and dialogs are handled by their rules. Pure.
 */
export function taskStep(moment: TaskMoment, input: InputUse | null): TaskStep {
  const { classification, dialog, quietMs, ageMs } = moment;
  const { label, startup } = classification;
  if (startup || dialogEventOf(classification as Classification)) return WAIT;
  if (label === 'idle' && moment.isReading) return promptStep(moment, input);
  if (label !== 'unknown' && label !== 'working' && label !== 'exited') return WAIT;
  const isLate = ageMs >= LATEST_MS;
  if (label === 'exited') return heldLate(moment, 'the screen shows the prompt of a shell');
  if (dialog !== null)
    return heldLate(moment, `the screen shows a dialog that no rule knows (${dialog.slice(0, 120)})`);
  if (quietMs < SETTLED_MS && ageMs < 2 * LATEST_MS) return later(SETTLED_MS - quietMs);
  if (input === null) return { kind: 'ask' };
  if (moment.hasRules) return agentStep(moment, input);
  return isLate || (reads(moment, input) && (label !== 'working' || input.isRead === true))
    ? TYPE
    : later(Math.min(AGAIN_MS, LATEST_MS - ageMs));
}

/** A prompt that the rules know, before it has been shown for as long as an end of a turn has to be. */
function promptStep({ hasBox, dialog, quietMs }: TaskMoment, input: InputUse | null): TaskStep {
  if (!hasBox || dialog !== null) return WAIT;
  if (quietMs < PROMPT_MS) return later(PROMPT_MS - quietMs);
  if (input === null) return { kind: 'ask' };
  return input.byLines ? WAIT : TYPE;
}

const heldLate = ({ ageMs }: TaskMoment, reason: string): TaskStep =>
  ageMs >= LATEST_MS ? { kind: 'hold', reason } : later(LATEST_MS - ageMs);

/** An agent whose rules do not know its screen: another version, or one that still starts. */
function agentStep(moment: TaskMoment, { byLines }: InputUse): TaskStep {
  const { quietMs, ageMs, isBlank } = moment;
  // What it works at before it has an input box is its start, in which Qwen Code drops what is typed.
  const starts = moment.classification.label === 'working' && !moment.hasBox;
  if (byLines || isBlank || starts) {
    const what = starts
      ? 'still starts'
      : isBlank
        ? 'has drawn nothing yet'
        : 'does not read its terminal yet';
    return ageMs >= SLOWEST_START_MS ? { kind: 'hold', reason: `the agent ${what}` } : later(AGAIN_MS);
  }
  if (ageMs < LATEST_MS) return later(LATEST_MS - ageMs);
  return quietMs >= DRAWN_MS || ageMs >= 2 * LATEST_MS ? TYPE : later(DRAWN_MS - quietMs);
}

/** Whether a program of which nothing is known reads its terminal by now. */
function reads({ quietMs, isBlank }: TaskMoment, { byLines, cursorVisible, isRead }: InputUse): boolean {
  if (!byLines) return cursorVisible || quietMs >= DRAWN_MS;
  if (isRead !== null) return isRead;
  return quietMs >= (isBlank ? BLANK_MS : SILENT_MS);
}
