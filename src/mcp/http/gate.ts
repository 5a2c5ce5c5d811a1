import type { IncomingMessage } from 'node:http';
import { hasToken } from './token.ts';

export const ENDPOINT = '/mcp';

/** Why a request is refused, in terms of HTTP. */
export interface Refusal {
  status: number;
  message: string;
  headers?: Record<string, string>;
}

/**
 * Refuses requests that are not from this machine or lack the token; null for an accepted one. Host and Origin are
 * checked first: a browser page whose name points to 127.0.0.1 (DNS rebinding) sends its own name in both, and must not
 * learn whether it has the right token.
 */
export function refusalOf(
  { url, headers }: Pick<IncomingMessage, 'url' | 'headers'>,
  port: number,
  token: string | null,
): Refusal | null {
  const allowed = authorities(port);
  if (!allowed.includes((headers.host ?? '').toLowerCase()))
    return { status: 403, message: `Host must be ${allowed[0]}: this server is for this machine only.` };
  const { origin } = headers;
  if (origin !== undefined && !allowed.some((authority) => origin.toLowerCase() === `http://${authority}`))
    return {
      status: 403,
      message: `Pages of other origins are refused; Origin may be http://${allowed[0]}.`,
    };
  if (url?.split('?')[0] !== ENDPOINT)
    return { status: 404, message: `Not found; the endpoint is ${ENDPOINT}.` };
  if (token === null || !hasToken(headers.authorization, token))
    return {
      status: 401,
      message:
        'The header "Authorization: Bearer TOKEN" is missing or wrong; TOKEN is in the file mcp-token in AGENTPOOL_HOME.',
      headers: { 'WWW-Authenticate': 'Bearer realm="agentpool"' },
    };
  return null;
}

/** The names of this server that a Host header may have; a client leaves out port 80. */
function authorities(port: number): string[] {
  const names = ['127.0.0.1', 'localhost', '[::1]'];
  return [...names.map((name) => `${name}:${port}`), ...(port === 80 ? names : [])];
}
