import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { AgentPoolError } from '../../lib/errors.ts';
import { start } from '../../lib/process/start.ts';
import { commandText } from './config.ts';
import { tmuxNotFound } from './program.ts';
import type { Tmux } from './tmux.ts';

export interface ControlEvents {
  /** The exact bytes that a pane's program wrote. The listener may change them. */
  output: [paneId: string, bytes: Buffer];
  /** tmux discarded output of this pane because the client read too slowly: capture the pane again. */
  dropped: [paneId: string];
  windowRenamed: [windowId: string, name: string];
  layoutChanged: [windowId: string];
  /** The format of SUBSCRIPTION has a new value; tmux checks once a second. */
  subscribed: [name: string, value: string];
  /** The session or server is gone, or the client was detached. The last event. */
  exit: [];
}

interface Pending {
  answers: string[][];
  expected: number;
  resolve(answers: string[][]): void;
  reject(error: Error): void;
  onAnswer: () => void;
}

/** Seconds of unread output after which tmux drops it, and reports that, in place of filling its memory. */
const pauseAfterSeconds = 30;

/** The name of a client's only subscription. */
export const SUBSCRIPTION = 'dead';

/**
 * A `tmux -C` client of one session. tmux writes output and answers in the order in which things happened: an answer
 * shows the pane exactly as the output before it left it.
 */
export class ControlClient extends EventEmitter<ControlEvents> {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #pending: Pending[] = [];
  #rest: Buffer[] = [];
  /** The lines of the answer that is being read, and the words that end it. */
  #answer: { id: string; ours: boolean; lines: string[] } | null = null;
  /** Commands sent before the session was attached: tmux would answer them without a client, and send no output yet. */
  #unsent: string[] | null = [];
  #ended = false;
  #spawnError: Error | null = null;

  constructor(tmux: Tmux, session: string) {
    super();
    const flags = `ignore-size,pause-after=${pauseAfterSeconds}`;
    const args = tmux.argv(['-C', 'attach-session', '-t', `=${session}`, '-f', flags]);
    this.#child = start('tmux', args, { env: tmux.environment });
    this.#child.stdout.on('data', (data: Buffer) => this.#read(data));
    this.#child.stderr.resume();
    this.#child.stdin.on('error', () => {});
    this.#child.on('error', (error: NodeJS.ErrnoException) => {
      this.#spawnError = error.code === 'ENOENT' ? tmuxNotFound(error) : error;
      this.#end();
    });
    this.#child.on('close', () => this.#end());
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /**
   * One command's answer, one string per line. Throws TMUX_FAILED with tmux's message, TMUX_GONE when the client has
   * ended.
   */
  async command(...argv: string[]): Promise<string[]> {
    const [answer = []] = await this.commands([argv]);
    return answer;
  }

  /**
   * Runs commands with no output in between. The first that fails rejects, and those after it do not run. `onAnswer` is
   * called between the output before the answer and the output after it; a promise would resolve too late.
   */
  commands(commands: readonly (readonly string[])[], onAnswer = () => {}): Promise<string[][]> {
    if (this.#ended) return Promise.reject(this.#spawnError ?? tmuxGone());
    return new Promise((resolve, reject) => {
      this.#pending.push({ answers: [], expected: commands.length, resolve, reject, onAnswer });
      const line = `${commands.map(commandText).join(' ; ')}\n`;
      if (this.#unsent) this.#unsent.push(line);
      else this.#child.stdin.write(line);
    });
  }

  /** Stops reading. tmux then blocks the pane's program, or drops output after `pauseAfterSeconds`. */
  pause(): void {
    this.#child.stdout.pause();
  }

  resume(): void {
    this.#child.stdout.resume();
  }

  /** Detaches from the session. The pane is not affected. */
  async close(): Promise<void> {
    if (this.#ended) return;
    // Listens on the child: callers that close may remove all listeners of this emitter first, and may close twice at
    // once.
    const closed = new Promise<void>((resolve) => this.#child.once('close', () => resolve()));
    this.resume();
    // tmux before 3.7 crashes where its one-second check of subscriptions meets a client that is just leaving.
    this.#child.stdin.end(`${commandText(['refresh-client', '-B', SUBSCRIPTION])}\n`);
    const killTimer = setTimeout(() => this.#child.kill('SIGKILL'), 2000);
    await closed;
    clearTimeout(killTimer);
  }

  #read(data: Buffer): void {
    let start = 0;
    for (let end = data.indexOf(10); end !== -1; end = data.indexOf(10, start)) {
      const piece = data.subarray(start, end);
      start = end + 1;
      if (this.#rest.length === 0) {
        this.#line(piece);
      } else {
        const line = Buffer.concat([...this.#rest, piece]);
        this.#rest = [];
        this.#line(line);
      }
    }
    if (start < data.length) this.#rest.push(data.subarray(start));
  }

  #line(line: Buffer): void {
    if (this.#answer) this.#answerLine(this.#answer, line.toString());
    else if (line.subarray(0, 8).equals(outputWord)) this.#output(line, 8, 1);
    else if (line.subarray(0, 17).equals(extendedWord)) this.#output(line, 17, 3);
    else if (line[0] === 0x25) this.#notice(line.toString());
  }

  #notice(line: string): void {
    const [word, first = '', ...more] = line.split(' ');
    // Only answers to commands from stdin end in 1: attaching and hooks are answered too.
    if (word === '%begin')
      this.#answer = { id: [first, ...more].join(' '), ours: more.at(-1) === '1', lines: [] };
    else if (word === '%session-changed') this.#attached();
    else if (word === '%window-renamed') this.emit('windowRenamed', first, more.join(' '));
    else if (word === '%layout-change') this.emit('layoutChanged', first);
    else if (word === '%subscription-changed')
      this.emit('subscribed', first, line.slice(line.indexOf(' : ') + 3));
    else if (word === '%pause') this.emit('dropped', first);
    else if (word === '%exit') this.#end();
  }

  #attached(): void {
    for (const line of this.#unsent ?? []) this.#child.stdin.write(line);
    this.#unsent = null;
  }

  #answerLine(answer: { id: string; ours: boolean; lines: string[] }, line: string): void {
    const failed = line === `%error ${answer.id}`;
    if (!failed && line !== `%end ${answer.id}`) {
      answer.lines.push(line);
      return;
    }
    this.#answer = null;
    const pending = this.#pending[0];
    if (!answer.ours || !pending) return;
    if (failed) {
      const message = answer.lines.join('\n');
      this.#pending.shift();
      pending.reject(new AgentPoolError('TMUX_FAILED', `tmux: ${message}`, { said: message }));
      return;
    }
    pending.answers.push(answer.lines);
    if (pending.answers.length === pending.expected) {
      this.#pending.shift();
      pending.onAnswer();
      pending.resolve(pending.answers);
    }
  }

  /** `%output %1 bytes`, or with more words between: `%extended-output %1 age : bytes`. */
  #output(line: Buffer, start: number, words: number): void {
    let at = start;
    const paneEnd = line.indexOf(32, start);
    for (let word = 0; word < words; word++) at = line.indexOf(32, at) + 1;
    this.emit('output', line.toString('latin1', start, paneEnd), unescaped(line, at));
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#child.stdin.end();
    for (const pending of this.#pending.splice(0)) pending.reject(this.#spawnError ?? tmuxGone());
    this.emit('exit');
  }
}

const outputWord = Buffer.from('%output ');
const extendedWord = Buffer.from('%extended-output ');

/** tmux writes controls and backslashes as three octal digits. */
function unescaped(line: Buffer, from: number): Buffer {
  const bytes = Buffer.allocUnsafe(line.length - from);
  let length = 0;
  for (let at = from; at < line.length; at++) {
    const byte = line[at] ?? 0;
    if (byte !== 0x5c) {
      bytes[length++] = byte;
      continue;
    }
    const [a = 48, b = 48, c = 48] = [line[at + 1], line[at + 2], line[at + 3]];
    bytes[length++] = ((a - 48) << 6) | ((b - 48) << 3) | (c - 48);
    at += 3;
  }
  return bytes.subarray(0, length);
}

const tmuxGone = (): AgentPoolError => new AgentPoolError('TMUX_GONE', 'the tmux session is gone');
