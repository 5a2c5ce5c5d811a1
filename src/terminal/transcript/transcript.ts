import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** A stretch of a transcript. Offsets and sizes are bytes. */
export interface TranscriptSlice {
  text: string;
  offset: number;
  /** Where the next read starts: never inside a character. */
  next_offset: number;
  has_more: boolean;
  size_bytes: number;
}

/** Reads at most `limit` bytes from `offset`, whole characters only. A missing file counts as empty. */
export function readTranscript(
  path: string,
  { offset = 0, limit = 64 * 1024 }: { offset?: number; limit?: number } = {},
): TranscriptSlice {
  return withFile(path, (file, size_bytes) => {
    const position = Math.max(0, Math.min(offset, size_bytes));
    // No more memory than there is text, whatever the limit.
    const requested = readAt(file, position, Math.max(Math.min(limit, size_bytes - position), 4));
    const start = offset > 0 ? continuationBytes(requested) : 0;
    const bytes = requested.subarray(start, start + completeLength(requested.subarray(start)));
    const from = Math.min(offset, size_bytes) + start;
    const next_offset = from + bytes.length;
    const has_more = next_offset < size_bytes && bytes.length > 0;
    return { text: bytes.toString('utf8'), offset: from, next_offset, has_more, size_bytes };
  });
}

/** Maximum number of bytes that is read from the end of a transcript: a worker can print one line of any length. */
export const MAX_TAIL_BYTES = 8 * 1024 * 1024;

/**
 * The last `count` lines, read backwards from the end, or from the byte `end`; none for a missing file. Lines longer
 * than `maxBytes` together are cut at the start.
 */
export function tailLines(
  path: string,
  count: number,
  maxBytes = MAX_TAIL_BYTES,
  end = Number.POSITIVE_INFINITY,
): string[] {
  return withFile(path, (file, bytes) => {
    const size = Math.min(bytes, end);
    let tail = Buffer.alloc(0);
    let start = size;
    const first = Math.max(0, size - maxBytes);
    // One more line end than lines: the first piece may be the end of a line.
    while (start > first && newlines(tail) <= count) {
      const length = Math.min(start - first, Math.max(64 * 1024, tail.length));
      start -= length;
      tail = Buffer.concat([readAt(file, start, length), tail]);
    }
    const cut = start > 0 ? continuationBytes(tail) : 0;
    const lines = tail.toString('utf8', cut).split('\n');
    if (lines.at(-1) === '') lines.pop();
    return count > 0 ? lines.slice(-count) : [];
  });
}

function withFile<T>(path: string, read: (file: number | null, size: number) => T): T {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return read(null, 0);
    throw error;
  }
  try {
    return read(file, fstatSync(file).size);
  } finally {
    closeSync(file);
  }
}

/** The file may shrink while it is read, because the writer replaces its last lines. Fewer bytes are returned then. */
function readAt(file: number | null, position: number, length: number): Buffer {
  if (file === null || length <= 0) return Buffer.alloc(0);
  const bytes = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const count = readSync(file, bytes, filled, length - filled, position + filled);
    if (count === 0) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}

function newlines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) count++;
  return count;
}

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;

/** How many bytes at the start belong to a character that starts before them. */
function continuationBytes(bytes: Buffer): number {
  let count = 0;
  while (count < 3 && isContinuation(bytes[count])) count++;
  return count;
}

/** The length without a character that is cut off at the end. */
function completeLength(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (isContinuation(byte)) continue;
    const needs = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return needs > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}
