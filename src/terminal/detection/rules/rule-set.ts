import type { DialogKind } from '../dialogs/dialog.ts';
import type { HintKind } from '../evidence/hints.ts';
import type { RulePattern } from './rule-pattern.ts';
import type { StyleSource, YieldWord } from './schema.ts';

/** Rules ready to run: patterns compiled, defaults filled in. */
export interface RuleSet {
  provider: string;
  layout: Layout;
  rules: Rule[];
  /** Whether some of them are a user's own: then all patterns together may take only so long. */
  isUsers?: boolean;
  /** General rules that are tried with these on every screen. */
  beside?: Rule[];
  /** The general rules, for a screen that none of these rules matches. */
  fallback?: RuleSet;
}

export interface Layout {
  /** Empty: the box is found by its structure. */
  boxes: BoxShape[];
  /** Rows on which the transcript repeats what the user typed. */
  echo: RulePattern[];
  /** Rows that open a message or a tool call of the agent. */
  speech: RulePattern[];
  /** Rows of tool calls and their results: not the agent's words to its reader. */
  tool: RulePattern[];
  /** Rows that say a turn is over. */
  turnEnd: RulePattern[];
  /** Frames, hints and tips: not part of any message. */
  chrome: RulePattern[];
}

export interface BoxShape {
  name: string;
  top?: RulePattern;
  follows?: RulePattern;
  prompt: RulePattern;
  inside?: RulePattern;
  bottom?: RulePattern;
  open: boolean;
  neverAbove?: RulePattern;
  sureAbove?: RulePattern;
  rowsBelow: number;
}

export interface Rule {
  name: string;
  /** The file that defines the rule, for messages and `explain`. */
  file: string;
  yields: YieldWord;
  priority: number;
  region: string;
  box?: 'present' | 'absent';
  when: Condition[];
  any: Condition[];
  unless: Condition[];
  supersededBy: RulePattern[];
  startup?: string;
  question?: RulePattern;
  resets?: RulePattern;
  /** The work goes on and is paid by the use. */
  paid?: true;
  /** The agent waits for the reset and goes on by itself. */
  continuesItself?: true;
  /** Its sign does not move while the work goes on. */
  still?: true;
  /** Closes the menu and chooses nothing. */
  safeKey?: string;
  seen: string[];
  why: string;
}

export type Test =
  | { kind: 'line'; pattern: RulePattern; style?: StyleSource }
  | { kind: 'text'; pattern: RulePattern }
  | { kind: 'asks' }
  | { kind: 'opens'; pattern: RulePattern; failed: boolean }
  | { kind: 'hint'; does: HintKind }
  | { kind: 'activity' }
  | { kind: 'dialog'; waitsFor: DialogKind };

export interface Condition {
  region?: string;
  within?: number;
  test: Test;
}

/**
 * Which reading wins when several rules match: a dialog that blocks the worker beats what is drawn around it, a live
 * sign of work beats what earlier turns left behind, and idle is what remains.
 */
export const defaultPriority: Record<YieldWord, number> = {
  approval: 900,
  overage: 860,
  question: 850,
  limit: 700,
  error: 600,
  working: 500,
  exited: 400,
  idle: 100,
  limit_warning: 0,
  retrying: 0,
};

/** How an agent draws its messages and the output of its tools; null where nothing but the general rules is known. */
export const messageLayout = ({ layout, fallback }: RuleSet): Layout | null => (fallback ? layout : null);
