import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after } from 'node:test';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { Progress } from '@modelcontextprotocol/sdk/types.js';
import { packageRoot } from '../../lib/package-root.ts';
import type { Home } from '../../workers/testing/home.ts';

const main = join(packageRoot(), 'dist', 'main.js');

interface CallOptions {
  signal?: AbortSignal;
  onprogress?: (progress: Progress) => void;
}

/** A host with its own server over stdio, like a real host. Closed after the tests. */
export class Host {
  readonly client = new Client({ name: 'test-host', version: '1.0.0' });
  readonly #transport: StdioClientTransport;
  /** Everything that the server has sent, unchanged. */
  received = '';
  stderr = '';

  private constructor(home: Home, words: readonly string[], env: Record<string, string>) {
    this.#transport = new StdioClientTransport({
      command: process.execPath,
      args: [main, 'mcp', ...words],
      env: { ...home.env, ...env },
      cwd: home.repo,
      stderr: 'pipe',
    });
    this.#transport.stderr?.on('data', (bytes: Buffer) => {
      this.stderr += bytes.toString();
    });
  }

  static async open(
    home: Home,
    words: readonly string[] = [],
    env: Record<string, string> = {},
  ): Promise<Host> {
    const host = new Host(home, words, env);
    after(() => host.client.close());
    await host.client.connect(host.#transport);
    const { onmessage } = host.#transport;
    host.#transport.onmessage = (message, ...more) => {
      host.received += `${JSON.stringify(message)}\n`;
      onmessage?.call(host.#transport, message, ...more);
    };
    // The client checks every answer against the output schema from this list.
    await host.client.listTools();
    return host;
  }

  get pid(): number {
    return this.#transport.pid ?? 0;
  }

  /** Calls a tool that must succeed. */
  // biome-ignore lint/suspicious/noExplicitAny: tests read the keys they expect, and fail where these are missing
  async call(name: string, args: Record<string, unknown> = {}, options: CallOptions = {}): Promise<any> {
    const result = await this.client.callTool({ name, arguments: args }, undefined, {
      timeout: 120_000,
      ...options,
    });
    const [first] = result.content as { text: string }[];
    assert.ok(!result.isError, `${name}: ${first?.text}`);
    assert.deepEqual(JSON.parse(first?.text ?? ''), result.structuredContent);
    return result.structuredContent;
  }

  /** Calls a tool that must refuse, and returns its text. */
  async refused(name: string, args: Record<string, unknown> = {}): Promise<string> {
    const result = await this.client.callTool({ name, arguments: args });
    const [first] = result.content as { text: string }[];
    assert.equal(result.isError, true, `${name} was not refused: ${first?.text}`);
    return first?.text ?? '';
  }

  async read(uri: string): Promise<string> {
    const { contents } = await this.client.readResource({ uri });
    const [first] = contents as { text: string }[];
    return first?.text ?? '';
  }
}
