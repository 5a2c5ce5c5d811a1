import type { ServerResponse } from 'node:http';
import type { Refusal } from './gate.ts';

/** Refuses a request with an HTTP status and a JSON-RPC error without a request id. */
export function refuse(response: ServerResponse, { status, message, headers }: Refusal, code = -32000): void {
  if (response.headersSent) return void response.end();
  response.writeHead(status, { 'Content-Type': 'application/json', Connection: 'close', ...headers });
  response.end(JSON.stringify({ jsonrpc: '2.0', error: { code, message }, id: null }));
}
