import { readFileSync, statSync } from 'node:fs';
import { writePrivateFileSync } from '../../lib/files/atomic-file.ts';
import type { LogicalLine } from '../screen/rows.ts';
import { fingerprint } from './shown-lines.ts';

/** Where in tmux's history the settled part of the transcript ends. */
export interface HistoryMark {
  /** Rows of the history, counted from the worker's start or the last time that the history was erased. */
  rows: number;
  /** Fingerprints of the last lines before it. */
  last: string[];
}

/** What a later watcher needs to continue: everything after `settledBytes` can be found again in tmux's history. */
export interface TranscriptState {
  settledBytes: number;
  mark: HistoryMark;
  /** Fingerprints of settled lines that the screen may show again. */
  shown: string[];
  /** Fingerprints of the full-screen screen that was settled last; null outside of one. */
  frame: string[] | null;
  /** The number of the worker's process whose pane this is; 1 where it is missing. */
  run?: number;
}

export const startOfTranscript: TranscriptState = {
  settledBytes: 0,
  mark: { rows: 0, last: [] },
  shown: [],
  frame: null,
};

export const statePath = (transcriptPath: string): string => `${transcriptPath}.state`;

/** Null when there is no state file, or it cannot be parsed. */
export function readState(transcriptPath: string): TranscriptState | null {
  try {
    const { version, ...state } = JSON.parse(readFileSync(statePath(transcriptPath), 'utf8'));
    return version === 1 ? (state as TranscriptState) : null;
  } catch {
    return null;
  }
}

/** The state for the pane of this run: that of an earlier run is in the file for good, and nothing of it in tmux's history. */
export function stateOfRun(transcriptPath: string, run: number): TranscriptState {
  const state = readState(transcriptPath) ?? startOfTranscript;
  if (run <= (state.run ?? 1)) return state;
  const settledBytes = statSync(transcriptPath, { throwIfNoEntry: false })?.size ?? 0;
  return { ...startOfTranscript, settledBytes, run };
}

/** Replaces the state atomically: a kill leaves the old one or the new one. */
export function writeState(transcriptPath: string, state: TranscriptState): void {
  const text = JSON.stringify({ version: 1, ...state });
  writePrivateFileSync(statePath(transcriptPath), text, { link: 'replace', writers: 'one' });
}

/**
 * The index of the first line of the history after the mark. With `exact`, the history is complete from its start and
 * its rows can be counted; otherwise only its lines identify the place. Null when the mark is not found: tmux has
 * discarded the lines around it.
 */
export function indexAfterMark(
  history: readonly LogicalLine[],
  mark: HistoryMark,
  exact: boolean,
): number | null {
  if (mark.last.length === 0 && mark.rows === 0) return 0;
  const counted = exact ? indexAtRow(history, mark.rows) : null;
  const prints = new Map<number, string>();
  const printAt = (index: number): string => {
    const known = prints.get(index) ?? fingerprint(history[index]?.text ?? '');
    prints.set(index, known);
    return known;
  };
  const matches = (index: number): number => {
    let count = 0;
    while (
      count < Math.min(index, mark.last.length) &&
      mark.last.at(-1 - count) === printAt(index - 1 - count)
    )
      count++;
    return count;
  };
  if (counted !== null && matches(counted) >= Math.min(counted, mark.last.length, minEqualLines))
    return counted;
  let best = { index: -1, count: 0 };
  for (let index = history.length; index > 0 && best.count < mark.last.length; index--) {
    const count = matches(index);
    const isComplete = count === Math.min(index, mark.last.length);
    if (count > best.count && (isComplete || count >= minEqualLines)) best = { index, count };
  }
  return best.count > 0 ? best.index : counted;
}

/** This many equal lines in a row are no accident. */
const minEqualLines = 8;

function indexAtRow(history: readonly LogicalLine[], row: number): number | null {
  let at = 0;
  for (let index = 0; index < history.length; index++) {
    if (at === row) return index;
    at += history[index]?.rows ?? 0;
  }
  return at === row ? history.length : null;
}
