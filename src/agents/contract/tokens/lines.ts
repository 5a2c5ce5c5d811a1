import { createHash } from 'node:crypto';
import { counted } from '../../../lib/text/counted.ts';
import { type Json, parseJson, record } from '../limits/values.ts';
import { bytesSource, fileSource, type LogBytes, unpacked, using } from './source.ts';
import type { Logged, Memory, TokenLog } from './use.ts';

const CHUNK = 1 << 20;
/** A line of this length is a picture or a trap, and holds no counts of tokens. */
const LONGEST_LINE = 32 << 20;
const HEAD = 4096;

/** How the lines of one agent's logs are read: each is an object in JSON. */
export interface LineReader {
  /** A line without any of these is not parsed: most of a log is prose. */
  marks: readonly string[];
  /** Reads one line; changes the memory. */
  read(line: Json, file: string, memory: Memory): NumberedUse | readonly NumberedUse[] | null;
}

/** `numbered`: nothing names this answer, and equal lines of one log are answers of their own. */
type NumberedUse = Logged & { numbered?: true };

/** Opens a log that only grows, line by line. One that became shorter, or has another beginning, is another file. */
export const openLines =
  (reader: LineReader): TokenLog['open'] =>
  (path, { offset, head, long, broken, equal, ...kept }, unpack) => {
    const bytes = unpack ? unpacked(path, unpack) : null;
    const source = (): LogBytes => (bytes ? bytesSource(bytes) : fileSource(path));
    const known = typeof offset === 'number' && typeof head === 'string';
    const goesOn = known && using(source(), (it) => offset <= it.size && head === headOf(it, offset));
    const memory: Memory = goesOn
      ? { ...kept, offset, head, long, broken, equal }
      : { offset: 0, head: using(source(), (it) => headOf(it, 0)) };
    return {
      isNewFile: known && !goesOn,
      memory,
      uses: usesOf(reader, path, source, memory),
      faults: () => faultsIn(memory),
    };
  };

function faultsIn({ long, broken }: Memory): string[] {
  const [tooLong, noJson] = [number(long), number(broken)];
  return [
    ...(tooLong > 0 ? [`skipped ${counted(tooLong, 'line')} of over 32 MiB`] : []),
    ...(noJson > 0 ? [`skipped ${counted(noJson, 'line')} that ${noJson === 1 ? 'is' : 'are'} no JSON`] : []),
  ];
}

const number = (value: unknown): number => (typeof value === 'number' ? value : 0);

function* usesOf(
  { marks, read }: LineReader,
  path: string,
  open: () => LogBytes,
  memory: Memory,
): Generator<Logged> {
  const source = open();
  try {
    for (const line of linesFrom(source, memory.offset as number)) {
      if (line.bytes === null) memory.long = number(memory.long) + 1;
      const isMarked = line.bytes !== null && marks.some((mark) => line.bytes?.includes(mark));
      const reported = isMarked && line.bytes ? record(parseJson(textOf(line.bytes))) : null;
      // Half of a last line is still being written.
      if (isMarked && !reported && line.isEnded) memory.broken = number(memory.broken) + 1;
      const uses = reported ? [read(reported, path, memory) ?? []].flat() : [];
      const equal = record(memory.equal) ?? {};
      const numbers = uses.flatMap(({ numbered, key }) => (numbered ? [hashOf(key)] : []));
      // A reader that ends at one of them reads the whole line again.
      for (const { numbered, ...use } of uses)
        yield numbered ? { ...use, key: `${use.key} ${number(equal[hashOf(use.key)]) + 1}` } : use;
      // A last line without an end is read again with its end, and is then the same answer.
      if (!line.isEnded) continue;
      for (const each of numbers) equal[each] = number(equal[each]) + 1;
      if (numbers.length > 0) memory.equal = equal;
      memory.offset = line.end;
    }
  } finally {
    memory.head = headOf(source, memory.offset as number);
    source.close();
  }
}

const hashOf = (key: string): string => createHash('sha256').update(key).digest('base64url').slice(0, 16);

/** Without what a crash or an editor leaves around a line: a byte order mark, NUL bytes. JSON itself has neither. */
const textOf = (bytes: Buffer): string => bytes.toString().replace(/[\0\uFEFF]+/g, '');

/** A hash of the first bytes of what was read. */
function headOf(source: LogBytes, read: number): string {
  const head = Buffer.alloc(Math.min(HEAD, read));
  const count = source.read(head, 0);
  return createHash('sha256').update(head.subarray(0, count)).digest('hex');
}

interface Line {
  /** Null for a line that is too long to be read. */
  bytes: Buffer | null;
  start: number;
  /** Where the next line begins. */
  end: number;
  /** False for a last line that may still be written. */
  isEnded: boolean;
}

/** The lines from an offset on. */
function* linesFrom(source: LogBytes, from: number): Generator<Line> {
  const chunk = Buffer.alloc(CHUNK);
  /** The beginning of a line that no chunk has ended yet; none of it is kept once it is too long. */
  let parts: Buffer[] = [];
  let start = from;
  for (let position = from; ; ) {
    const count = source.read(chunk, position);
    if (count === 0) break;
    const read = chunk.subarray(0, count);
    let begin = 0;
    for (let end = read.indexOf(10); end !== -1; end = read.indexOf(10, begin)) {
      const next = position + end + 1;
      const isLong = next - start > LONGEST_LINE;
      const bytes = isLong ? null : Buffer.concat([...parts, read.subarray(begin, end)]);
      yield { bytes, start, end: next, isEnded: true };
      parts = [];
      start = next;
      begin = end + 1;
    }
    position += count;
    if (position - start > LONGEST_LINE) parts = [];
    else if (begin < count) parts.push(Buffer.from(read.subarray(begin)));
  }
  if (parts.length > 0) {
    const bytes = Buffer.concat(parts);
    yield { bytes, start, end: start + bytes.length, isEnded: false };
  }
}
