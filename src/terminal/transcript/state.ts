import { readFileSync } from 'node:fs';
import { writePrivateFileSync } from '../../lib/files/atomic-file.ts';
import type { LogicalLine } from '../screen/rows.ts';
import { fingerprint } from './shown-lines.ts';

/** Up to where the worker's output is in the settled part, in terms of tmux's history. */
export interface HistoryMark {
  /** Rows of the history, counted from the worker's start or the last time that the history was erased. */
  rows: number;
  /** Fingerprints of the last lines before it. */
  last: string[];
}

/** What a later watcher needs to go on: everything behind `settledBytes` can be found again in tmux's history. */
export interface TranscriptState {
  settledBytes: number;
  mark: HistoryMark;
  /** Fingerprints of settled lines that the screen may show again. */
  shown: string[];
  /** Fingerprints of the full-screen program's screen that was settled last; null outside of one. */
  frame: string[] | null;
}

export const startOfTranscript: TranscriptState = {
  settledBytes: 0,
  mark: { rows: 0, last: [] },
  shown: [],
  frame: null,
};

export const statePath = (transcriptPath: string): string => `${transcriptPath}.state`;

/** Null where there is none, or none that can be understood. */
export function readState(transcriptPath: string): TranscriptState | null {
  try {
    const { version, ...state } = JSON.parse(readFileSync(statePath(transcriptPath), 'utf8'));
    return version === 1 ? (state as TranscriptState) : null;
  } catch {
    return null;
  }
}

/** Replaces the state in one step: a kill leaves the old one or the new one. */
export function writeState(transcriptPath: string, state: TranscriptState): void {
  const text = JSON.stringify({ version: 1, ...state });
  writePrivateFileSync(statePath(transcriptPath), text, { link: 'replace', writers: 'one' });
}

/**
 * The index of the first line of the history that is behind the mark. `exact` says that the history has been kept from
 * its start, so that its rows can be counted; otherwise only its lines tell. Null when the mark is not to be found: tmux
 * has thrown away what stood there.
 */
export function behindMark(
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
  if (counted !== null && matches(counted) >= Math.min(counted, mark.last.length, enough)) return counted;
  let best = { index: -1, count: 0 };
  for (let index = history.length; index > 0 && best.count < mark.last.length; index--) {
    const count = matches(index);
    const whole = count === Math.min(index, mark.last.length);
    if (count > best.count && (whole || count >= enough)) best = { index, count };
  }
  return best.count > 0 ? best.index : counted;
}

/** So many equal lines in a row are no accident. */
const enough = 8;

function indexAtRow(history: readonly LogicalLine[], row: number): number | null {
  let at = 0;
  for (let index = 0; index < history.length; index++) {
    if (at === row) return index;
    at += history[index]?.rows ?? 0;
  }
  return at === row ? history.length : null;
}
