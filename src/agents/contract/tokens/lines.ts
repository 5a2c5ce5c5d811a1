import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { type Json, parseJson, record } from '../limits/values.ts';
import type { Memory, TokenLog, TokenUse } from './use.ts';

const CHUNK = 1 << 20;
/** A line of this length is a picture or a trap, and holds no counts of tokens. */
const LONGEST_LINE = 32 << 20;
const HEAD = 4096;

/** How the lines of one agent's logs are read: each is an object in JSON. */
export interface LineReader {
  /** A line without any of these is not parsed: most of a log is prose. */
  marks: readonly string[];
  /** Reads one line at a place that is its own; changes the memory. */
  read(line: Json, place: { file: string; offset: number }, memory: Memory): TokenUse | null;
}

/** Opens a log that only grows, line by line. One that became shorter, or has another beginning, is another file. */
export const openLines =
  (reader: LineReader): TokenLog['open'] =>
  (path, { offset, head, ...kept }) => {
    const known = typeof offset === 'number' && typeof head === 'string';
    const goesOn = known && offset <= statSync(path).size && head === headOf(path, offset);
    const memory: Memory = goesOn ? { ...kept, offset, head } : { offset: 0, head: headOf(path, 0) };
    return { isNewFile: known && !goesOn, memory, uses: usesOf(reader, path, memory) };
  };

function* usesOf({ marks, read }: LineReader, path: string, memory: Memory): Generator<TokenUse> {
  for (const line of linesFrom(path, memory.offset as number)) {
    const reported = marks.some((mark) => line.bytes.includes(mark))
      ? record(parseJson(line.bytes.toString()))
      : null;
    const use = reported && read(reported, { file: path, offset: line.start }, memory);
    memory.offset = line.end;
    if (use) yield use;
  }
  memory.head = headOf(path, memory.offset as number);
}

/** A hash of the first bytes of what was read. */
function headOf(path: string, read: number): string {
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(Math.min(HEAD, read));
    const count = readSync(file, head, 0, head.length, 0);
    return createHash('sha256').update(head.subarray(0, count)).digest('hex');
  } finally {
    closeSync(file);
  }
}

interface Line {
  bytes: Buffer;
  start: number;
  /** Where the next line begins. */
  end: number;
}

/** The whole lines from an offset on; what is still being written waits for its end. */
function* linesFrom(path: string, from: number): Generator<Line> {
  const file = openSync(path, 'r');
  try {
    const chunk = Buffer.alloc(CHUNK);
    let rest: Buffer = Buffer.alloc(0);
    let start = from;
    for (let position = from; ; ) {
      const count = readSync(file, chunk, 0, CHUNK, position);
      if (count === 0) return;
      position += count;
      const read = chunk.subarray(0, count);
      const bytes = rest.length > 0 ? Buffer.concat([rest, read]) : read;
      let begin = 0;
      for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, begin)) {
        yield { bytes: bytes.subarray(begin, end), start, end: start + end - begin + 1 };
        start += end - begin + 1;
        begin = end + 1;
      }
      rest = Buffer.from(bytes.subarray(begin));
      if (rest.length > LONGEST_LINE) return;
    }
  } finally {
    closeSync(file);
  }
}
