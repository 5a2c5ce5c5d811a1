import { rowsOf } from './plain-lines.ts';

/** Whole lines of printable ASCII, each ended by CR LF: what they do to a screen is known without composing it. */
export interface PlainRun {
  /** Where each line starts in the bytes; one more than there are lines: the end of the last. */
  starts: readonly number[];
  /** How many rows each line takes on the screen. */
  rows: readonly number[];
}

/** A longer line may have a limit of its own where it is composed. */
const MAX_LENGTH = 4096;
/** Bytes of one run: they are decoded and passed on at once. */
const MAX_BYTES = 256 * 1024;
const CR = 0x0d;
const LF = 0x0a;

/** The plain lines at the start of `bytes.subarray(from)`; of a terminal with so many columns. */
export function plainRun(bytes: Uint8Array, from: number, cols: number): PlainRun {
  const starts = [from];
  const rows: number[] = [];
  const end = Math.min(bytes.length, from + MAX_BYTES);
  for (let start = from, at = from; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte >= 0x20 && byte <= 0x7e) continue;
    const length = at - start;
    if (byte !== CR || bytes[at + 1] !== LF || at + 1 >= end || length > MAX_LENGTH) break;
    rows.push(rowsOf(length, cols));
    start = at + 2;
    starts.push(start);
    at++;
  }
  return { starts, rows };
}

/** Whether bytes only print and move the cursor: they leave every mode, region and character set as it is. */
export function keepsModes(bytes: Uint8Array): boolean {
  for (const byte of bytes) {
    const isHarmless = (byte >= 0x20 && byte <= 0x7e) || (byte >= 0x08 && byte <= 0x0a) || byte === CR;
    if (!isHarmless) return false;
  }
  return true;
}
