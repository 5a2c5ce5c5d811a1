import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { packageRoot } from '../../lib/package-root.ts';

/** What the thread gets. `progress`: 1 in the first place once it has ended, how far it has come in the second. */
export interface ThreadData<Question> {
  question: Question;
  progress: Int32Array;
  answer: MessagePort;
}

/** A thread that has read nothing for so many milliseconds has not started, or was killed for want of memory. */
const STALLED_MS = 20_000;

/**
 * A question that another thread answers, beside what this one does meanwhile. The thread has its own connection; what is
 * in the log up to a position is the same on every connection.
 */
export class Beside<Answer> {
  readonly #progress = new Int32Array(new SharedArrayBuffer(8));
  readonly #answer: MessagePort;
  readonly #thread: Worker;

  private constructor(program: string, question: unknown) {
    const { port1, port2 } = new MessageChannel();
    this.#answer = port1;
    const data: ThreadData<unknown> = { question, progress: this.#progress, answer: port2 };
    this.#thread = new Worker(program, { workerData: data, transferList: [port2], execArgv: [], env: {} });
    // What it could not do, this thread does: `result` gives null.
    this.#thread.on('error', () => {});
    this.#thread.unref();
    this.#answer.unref();
  }

  /** Starts a program of `dist`, which calls `answer`. Null when this AgentPool is run from its sources and was not built. */
  static start<Answer>(program: string, question: unknown): Beside<Answer> | null {
    const file = join(packageRoot(), 'dist', program);
    return existsSync(file) ? new Beside(file, question) : null;
  }

  /** Blocks until the thread has ended; null if it could not read the log. */
  result(): Answer | null {
    for (let reached = -1; Atomics.load(this.#progress, 0) === 0; ) {
      if (Atomics.wait(this.#progress, 0, 0, STALLED_MS) !== 'timed-out') continue;
      const now = Atomics.load(this.#progress, 1);
      if (now === reached) break;
      reached = now;
    }
    const answer = receiveMessageOnPort(this.#answer) as { message: Answer } | undefined;
    this.stop();
    return answer?.message ?? null;
  }

  stop(): void {
    this.#answer.close();
    void this.#thread.terminate();
  }
}
