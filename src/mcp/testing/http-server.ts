import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { after } from 'node:test';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { until } from '../../lib/testing/until.ts';
import type { Home } from '../../workers/testing/home.ts';

export interface HttpAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

export interface HttpRequest {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

export const initialize = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'test-client', version: '1.0.0' },
  },
});

/** A client with its own session. */
export interface HttpHost {
  client: Client;
  transport: StreamableHTTPClientTransport;
}

/** `agentpool mcp --http` on a free port. Ended after the tests. */
export class HttpServer {
  readonly child: ChildProcess;
  stderr = '';
  url = '';
  /** The token in its file when the server started to serve. */
  token = '';
  /** The token that was shown; null when none was. */
  shown: string | null = null;

  private constructor(child: ChildProcess) {
    this.child = child;
    child.stderr?.on('data', (bytes: Buffer) => {
      this.stderr += bytes.toString();
    });
  }

  static async start(
    home: Home,
    words: readonly string[] = [],
    env: Record<string, string> = {},
  ): Promise<HttpServer> {
    const child = home.start(['mcp', '--http', '--port', '0', ...words], { env });
    const server = new HttpServer(child);
    after(() => child.kill('SIGKILL'));
    await until(
      'the server to serve',
      () => server.stderr.includes('--new-token') || child.exitCode !== null,
      () => server.stderr,
    );
    server.url = /http:\S+/.exec(server.stderr)?.[0] ?? '';
    server.shown = /shown this once: (\S+)/.exec(server.stderr)?.[1] ?? null;
    server.token = readFileSync(join(home.folder, 'mcp-token'), 'utf8').trim();
    return server;
  }

  get port(): string {
    return new URL(this.url).port;
  }

  /** Sends one request, with the token unless another Authorization is given. */
  ask({ method = 'POST', path = '/mcp', headers = {}, body = initialize }: HttpRequest): Promise<HttpAnswer> {
    return new Promise((done, fail) => {
      const outgoing = request(
        {
          ...{ host: '127.0.0.1', port: this.port, method, path, agent: false },
          headers: {
            authorization: `Bearer ${this.token}`,
            accept: 'application/json, text/event-stream',
            'content-type': 'application/json',
            ...headers,
          },
        },
        (answer) => {
          let text = '';
          answer.setEncoding('utf8').on('data', (part) => {
            text += part;
          });
          answer.on('end', () => done({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
          answer.on('error', fail);
        },
      );
      outgoing.on('error', fail);
      outgoing.end(method === 'POST' ? body : undefined);
    });
  }

  async connect(token = this.token): Promise<HttpHost> {
    const client = new Client({ name: 'test-client', version: '1.0.0' });
    const requestInit = { headers: { authorization: `Bearer ${token}` } };
    const transport = new StreamableHTTPClientTransport(new URL(this.url), { requestInit });
    after(() => client.close());
    await client.connect(transport as Transport);
    return { client, transport };
  }
}
