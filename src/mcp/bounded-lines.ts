import { Transform, type TransformCallback } from 'node:stream';
import { bytes } from '../lib/text/bytes.ts';
import { INVALID_REQUEST } from './incoming.ts';

/** The largest message of a client, in bytes: many times a task with a long text. */
export const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

/** How much of the beginning and the end of a refused line is kept, to find the id of its request. */
const KEPT = 4096;

/**
 * Passes the lines of a client on, each as a whole and as `read` gives it, and answers one that is larger than `most`,
 * or that `read` refuses, with an error in place of it. At most `most` bytes are kept, whatever a client sends: the transport of the SDK has no bound.
 */
export class BoundedLines extends Transform {
  readonly #most: number;
  readonly #refuse: (answer: string) => void;
  readonly #read: (line: Buffer) => { line: Buffer } | { refusal: string };
  #line: Buffer[] = [];
  #length = 0;
  /** The beginning of the line that is being refused. */
  #head: Buffer | null = null;
  #tail: Buffer = Buffer.alloc(0);

  constructor(
    most: number,
    refuse: (answer: string) => void,
    read: (line: Buffer) => { line: Buffer } | { refusal: string } = (line) => ({ line }),
  ) {
    super();
    this.#most = most;
    this.#refuse = refuse;
    this.#read = read;
  }

  override _transform(chunk: Buffer, _: BufferEncoding, done: TransformCallback): void {
    let from = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
      this.#take(chunk.subarray(from, end + 1));
      this.#endLine();
      from = end + 1;
    }
    this.#take(chunk.subarray(from));
    done();
  }

  override _flush(done: TransformCallback): void {
    this.#endLine();
    done();
  }

  #take(piece: Buffer): void {
    if (this.#head === null && this.#length + piece.length <= this.#most) {
      this.#line.push(piece);
      this.#length += piece.length;
      return;
    }
    this.#head ??= Buffer.concat([...this.#line, piece], Math.min(this.#length + piece.length, KEPT));
    this.#tail = Buffer.concat([this.#tail, piece]).subarray(-KEPT);
    this.#line = [];
    this.#length = 0;
  }

  #endLine(): void {
    if (this.#head !== null) this.#refuse(refusal(idIn(this.#head, this.#tail), this.#most));
    else if (this.#length > 0) this.#pass(Buffer.concat(this.#line));
    this.#line = [];
    this.#length = 0;
    this.#head = null;
    this.#tail = Buffer.alloc(0);
  }

  #pass(whole: Buffer): void {
    const read = this.#read(whole);
    if ('refusal' in read) this.#refuse(read.refusal);
    else this.push(read.line);
  }
}

const ID = '"id"\\s*:\\s*("(?:[^"\\\\]|\\\\.){0,200}"|\\d{1,16})';
/** Clients write the id of a request first or last, beside the version. */
const AT_THE_END = new RegExp(`,\\s*${ID}(?:\\s*,\\s*"jsonrpc"\\s*:\\s*"2\\.0")?\\s*\\}\\s*$`);
const AT_THE_START = new RegExp(
  `^\\s*\\{\\s*(?:"(?:jsonrpc|method)"\\s*:\\s*"[^"\\\\]{0,100}"\\s*,\\s*){0,2}${ID}\\s*,`,
);

function idIn(head: Buffer, tail: Buffer): string {
  return AT_THE_START.exec(head.toString())?.[1] ?? AT_THE_END.exec(tail.toString())?.[1] ?? 'null';
}

function refusal(id: string, most: number): string {
  const message = `The message has more than ${bytes(most)} and was not read. Put a long text in a file of the repository, and name that file.`;
  return `{"jsonrpc":"2.0","id":${id},"error":${JSON.stringify({ code: INVALID_REQUEST, message })}}`;
}
