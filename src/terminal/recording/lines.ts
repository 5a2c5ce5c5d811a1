// Reading the lines of a recording. Without I/O, so that a page in a browser reads them with the same code.
import {
  type Piece,
  RECORDING_VERSION,
  type RecordedFrame,
  type RecordingHead,
  type RowTuple,
  RUN_FLAGS,
  type RunTuple,
} from './format.ts';

const EVERY_FLAG = Object.values(RUN_FLAGS).reduce((sum, flag) => sum | flag, 0);
/** A terminal of tmux has no more columns or rows. */
const MOST_CELLS = 10_000;
const MOST_OF_A_ROW = 64 * 1024;

/** What a text of lines says; null without a head. */
export function pieceIn(text: string): Piece | null {
  const end = text.lastIndexOf('\n');
  const [first = '', ...lines] = text.slice(0, Math.max(0, end)).split('\n');
  const head = headIn(first);
  if (!head) return null;
  let ms = 0;
  const frames: RecordedFrame[] = [];
  for (const line of lines) {
    const frame = frameIn(line, head);
    if (!frame) continue;
    ms = Math.max(ms, frame[0]);
    frame[0] = ms;
    frames.push(frame);
  }
  return { head, frames };
}

/** The head of a piece; null for a line that is none, and for one of a later format. */
export function headIn(line: string): RecordingHead | null {
  const value = jsonIn(line) as Partial<RecordingHead> | null;
  if (typeof value !== 'object' || value === null || value.version !== RECORDING_VERSION) return null;
  const { session_id, run, cols, rows, started_at } = value;
  if (typeof session_id !== 'string' || typeof started_at !== 'string') return null;
  if (!isCount(run) || !isCount(cols) || !isCount(rows) || cols === 0 || rows === 0) return null;
  const start = new Date(started_at);
  if (Number.isNaN(start.getTime())) return null;
  return { version: RECORDING_VERSION, session_id, run, cols, rows, started_at: start.toISOString() };
}

/** A frame for a screen of this size; null for a line that is none. Rows and runs that cannot be are left out. */
export function frameIn(line: string, head: Pick<RecordingHead, 'cols' | 'rows'>): RecordedFrame | null {
  const value = jsonIn(line);
  if (!Array.isArray(value)) return null;
  const [ms, changed, cursor] = value as unknown[];
  if (typeof ms !== 'number' || !Number.isFinite(ms) || ms < 0 || !Array.isArray(changed)) return null;
  const rows = changed.slice(0, head.rows).flatMap((row) => rowIn(row, head.rows));
  if (cursor === null) return [ms, rows, null];
  const at = Array.isArray(cursor) ? cursor : [];
  return isCount(at[0]) && isCount(at[1]) && at[0] < head.rows
    ? [ms, rows, [at[0], Math.min(at[1], head.cols)]]
    : [ms, rows];
}

function rowIn(value: unknown, rows: number): RowTuple[] {
  if (!Array.isArray(value)) return [];
  const [row, text, runs] = value as unknown[];
  if (!isCount(row) || row >= rows || typeof text !== 'string') return [];
  const shown = withoutControls(text.slice(0, MOST_OF_A_ROW));
  if (!Array.isArray(runs)) return [[row, shown]];
  return [[row, shown, runs.slice(0, MOST_CELLS).flatMap(runIn)]];
}

function runIn(value: unknown): RunTuple[] {
  if (!Array.isArray(value)) return [];
  const [start, end, flags, fg, bg] = value as unknown[];
  if (!isCount(start) || !isCount(end) || end <= start || !isCount(flags)) return [];
  return [[start, end, flags & EVERY_FLAG, colourIn(fg), colourIn(bg)]];
}

const colourIn = (value: unknown): string | null => {
  if (typeof value !== 'string') return null;
  return /^#[0-9a-f]{6}$/.test(value) || (/^\d{1,3}$/.test(value) && Number(value) < 256) ? value : null;
};

/** A frame is composed: an escape sequence in it could only be an attack on the terminal that prints it. */
const withoutControls = (text: string): string => text.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029]/g, ' ');

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MOST_CELLS;

function jsonIn(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
