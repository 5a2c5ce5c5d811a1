import type { IncomingMessage } from 'node:http';
import { carries } from './token.ts';

export const ENDPOINT = '/mcp';

/** Why a request is not let in, as HTTP says it. */
export interface Refusal {
  status: number;
  message: string;
  headers?: Record<string, string>;
}

/**
 * Who is not let in. Host and Origin come first: a page in a browser whose name was pointed at 127.0.0.1 (DNS
 * rebinding) sends its own name in both, and must not even learn whether it has the right token.
 */
export function refusalOf(
  { url, headers }: Pick<IncomingMessage, 'url' | 'headers'>,
  port: number,
  token: string | null,
): Refusal | null {
  const here = authorities(port);
  if (!here.includes((headers.host ?? '').toLowerCase()))
    return { status: 403, message: `Host has to be ${here[0]}: this server is for this machine alone.` };
  const { origin } = headers;
  if (origin !== undefined && !here.some((authority) => origin.toLowerCase() === `http://${authority}`))
    return {
      status: 403,
      message: `Pages of other origins are not let in; Origin may be http://${here[0]}.`,
    };
  if (url?.split('?')[0] !== ENDPOINT)
    return { status: 404, message: `There is nothing here; the endpoint is ${ENDPOINT}.` };
  if (token === null || !carries(headers.authorization, token))
    return {
      status: 401,
      message:
        'The header "Authorization: Bearer TOKEN" is missing or wrong; TOKEN stands in mcp-token in AGENTPOOL_HOME.',
      headers: { 'WWW-Authenticate': 'Bearer realm="agentpool"' },
    };
  return null;
}

/** The names of this server, as a Host header may say them; a client leaves out port 80. */
function authorities(port: number): string[] {
  const names = ['127.0.0.1', 'localhost', '[::1]'];
  return [...names.map((name) => `${name}:${port}`), ...(port === 80 ? names : [])];
}
