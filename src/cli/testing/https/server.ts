import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after } from 'node:test';

const file = (name: string): string => join(import.meta.dirname, name);

/** What a process needs to trust the server. The certificate is for 127.0.0.1, and its key is no secret. */
export const trusting = { NODE_EXTRA_CA_CERTS: file('certificate.pem') };

/** An https server on 127.0.0.1 that gives these texts by path; a text that is an address leads there. */
export async function httpsServer(texts: Record<string, string>): Promise<string> {
  const server = createServer(
    { key: readFileSync(file('key.pem')), cert: readFileSync(file('certificate.pem')) },
    ({ url = '' }, response) => {
      const text = texts[url];
      if (text === undefined) response.writeHead(404).end();
      else if (/^https?:/.test(text)) response.writeHead(302, { location: text }).end();
      else response.end(text);
    },
  );
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
