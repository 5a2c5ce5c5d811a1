import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Program } from './timing.ts';

interface Answer {
  id: number;
  result?: { isError?: boolean; content?: { text: string }[] };
  error?: { message: string };
}

/** The least that a host of an MCP server over stdio has to be, so that what is measured is the server. */
export class McpHost {
  readonly #server: ChildProcessWithoutNullStreams;
  readonly #asked = new Map<number, (answer: Answer) => void>();
  #last = 0;

  constructor({ words: [program = '', ...words], env }: Program) {
    this.#server = spawn(program, words, { env: { ...process.env, ...env } });
    this.#server.stderr.pipe(process.stderr);
    createInterface(this.#server.stdout).on('line', (line) => {
      const answer = JSON.parse(line) as Answer;
      this.#asked.get(answer.id)?.(answer);
      this.#asked.delete(answer.id);
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
  /** Answered by the protocol's own code: the least that any call costs. */
  ping = () => this.#ask('ping', {});

  /** Calls a tool and throws where it says no; what it answered, as text. */
  async call(name: string, args: object): Promise<string> {
    const { isError, content } = await this.#ask('tools/call', { name, arguments: args });
    const text = content?.[0]?.text ?? '';
    if (isError) throw new Error(`${name}: ${text}`);
    return text;
  }

  /** Goes as hosts go; resolves when the server has gone too. */
  async close(): Promise<void> {
    this.#server.stdin.end();
    if (this.#server.exitCode === null) await once(this.#server, 'exit');
  }

  async #ask(method: string, params: object): Promise<NonNullable<Answer['result']>> {
    const id = ++this.#last;
    const answered = new Promise<Answer>((resolve) => this.#asked.set(id, resolve));
    this.#write({ id, method, params });
    const { result, error } = await answered;
    if (!result) throw new Error(`${method}: ${error?.message}`);
    return result;
  }

  #write(message: object): void {
    this.#server.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  }
}
