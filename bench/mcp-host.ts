import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Program } from './timing.ts';

interface Answer {
  id: number;
  result?: { isError?: boolean; content?: { text: string }[] };
  error?: { message: string };
}

/** A minimal host of an MCP server over stdio, so that the measured time is the server's. */
export class McpHost {
  readonly #server: ChildProcessWithoutNullStreams;
  readonly #pending = new Map<number, (answer: Answer) => void>();
  #last = 0;

  constructor({ words: [program = '', ...words], env }: Program) {
    this.#server = spawn(program, words, { env: { ...process.env, ...env } });
    this.#server.stderr.pipe(process.stderr);
    createInterface(this.#server.stdout).on('line', (line) => {
      const answer = JSON.parse(line) as Answer;
      this.#pending.get(answer.id)?.(answer);
      this.#pending.delete(answer.id);
    });
  }

  get pid(): number {
    return this.#server.pid ?? 0;
  }

  async initialize(): Promise<void> {
    await this.#ask('initialize', {
      protocolVersion: '2025-06-18',
      capabilities: {},
      clientInfo: { name: 'bench', version: '1' },
    });
    this.#write({ method: 'notifications/initialized' });
  }

  listTools = () => this.#ask('tools/list', {});
  /** Answered by the SDK itself: the minimum cost of a call. */
  ping = () => this.#ask('ping', {});

  /** Calls a tool and resolves to its answer as text; throws when it refuses. */
  async call(name: string, args: object): Promise<string> {
    const { isError, content } = await this.#ask('tools/call', { name, arguments: args });
    const text = content?.[0]?.text ?? '';
    if (isError) throw new Error(`${name}: ${text}`);
    return text;
  }

  /** Closes stdin, like a host; resolves when the server has exited. */
  async close(): Promise<void> {
    this.#server.stdin.end();
    if (this.#server.exitCode === null) await once(this.#server, 'exit');
  }

  async #ask(method: string, params: object): Promise<NonNullable<Answer['result']>> {
    const id = ++this.#last;
    const answered = new Promise<Answer>((resolve) => this.#pending.set(id, resolve));
    this.#write({ id, method, params });
    const { result, error } = await answered;
    if (!result) throw new Error(`${method}: ${error?.message}`);
    return result;
  }

  #write(message: object): void {
    this.#server.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  }
}
