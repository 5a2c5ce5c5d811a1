import type { StyleRun } from '../screen/screen.ts';

/**
 * What a worker's screen showed over time, as lines of JSON: a head, then frames. A frame holds the rows that changed,
 * already composed, so that no reader has to interpret an escape sequence. Rows are redacted before they are written.
 *
 * A recording is one or more pieces. Each begins with a head and a frame of the whole screen, so that it can be read
 * alone, and the oldest can be dropped.
 */

/** The version of the format that this code writes. */
export const RECORDING_VERSION = 1;

export interface RecordingHead {
  version: number;
  session_id: string;
  /** The number of the worker's process: a resumed worker has more than one. */
  run: number;
  cols: number;
  rows: number;
  /** ISO 8601; the times of the frames count from here. */
  started_at: string;
}

/** What `flags` of a run is the sum of. */
export const RUN_FLAGS = { bold: 1, dim: 2, italic: 4, inverse: 8 } as const;

/** The sum for a style. */
export const flagsOf = ({ bold, dim, italic, inverse }: Omit<StyleRun, 'start' | 'end'>): number =>
  (bold ? RUN_FLAGS.bold : 0) |
  (dim ? RUN_FLAGS.dim : 0) |
  (italic ? RUN_FLAGS.italic : 0) |
  (inverse ? RUN_FLAGS.inverse : 0);

/** Columns [start, end) of a row in one style. `flags`: those of `RUN_FLAGS`. Colours as in `StyleRun`. */
export type RunTuple = [start: number, end: number, flags: number, fg: string | null, bg: string | null];

/** A row as it is from now on. */
export type RowTuple = [row: number, text: string, runs?: RunTuple[]];

/** `ms` since the head's `started_at`. The cursor is left out where it has not moved, and null where it is hidden. */
export type RecordedFrame = [ms: number, rows: RowTuple[], cursor?: [row: number, col: number] | null];

/** What a recording shows at one moment. */
export interface Picture {
  cols: number;
  /** One entry per screen row. */
  rows: readonly PictureRow[];
  /** Null where it is hidden, or not known. */
  cursor: [row: number, col: number] | null;
}

export interface PictureRow {
  /** Without trailing blanks. The mark of a redacted secret may make it longer than the screen. */
  text: string;
  runs: readonly RunTuple[];
}

/** A part of a recording that can be read alone: its first frame shows the whole screen. */
export interface Piece {
  head: RecordingHead;
  frames: RecordedFrame[];
}
