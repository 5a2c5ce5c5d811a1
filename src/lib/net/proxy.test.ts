import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, describe, it } from 'node:test';
import { inspect } from 'node:util';
import { fetchThrough, proxyOf, shownAddress } from './proxy.ts';

describe('the proxies of an environment', () => {
  it('are read in either case, with or without a scheme', () => {
    assert.equal(proxyOf({}), null);
    assert.equal(proxyOf({ HTTPS_PROXY: ' ', NO_PROXY: 'x' }), null);
    const given = { HTTPS_PROXY: 'proxy.example:8080', NO_PROXY: 'localhost' };
    assert.deepEqual(proxyOf(given), { http: null, https: 'http://proxy.example:8080', except: 'localhost' });
    assert.equal(proxyOf({ HTTP_PROXY: 'http://a:1' })?.https, 'http://a:1');
    assert.equal(proxyOf({ https_proxy: '', HTTPS_PROXY: 'http://a:1' }), null);
  });

  it('are used for no host where one of the exceptions is every host', () =>
    assert.equal(proxyOf({ HTTP_PROXY: 'p:1', NO_PROXY: 'localhost, *' })?.except, '*'));

  it('are shown without their login', () => {
    assert.equal(shownAddress('http://me:secret@proxy.example:8080/'), 'http://proxy.example:8080');
    assert.equal(shownAddress('http://'), null);
  });

  it('load nothing where there are none', () => assert.equal(fetchThrough({}, fetch), fetch));
});

describe('a request', async () => {
  const seen: string[] = [];
  const server = createServer((_, response) => response.end('itself'));
  server.on('connect', (request, socket) => {
    seen.push(`${request.url} ${request.headers['proxy-authorization'] ?? ''}`.trim());
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  after(() => server.close());
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;

  it('asks the proxy for its host, with the login of the address', async () => {
    const through = fetchThrough({ HTTPS_PROXY: `http://me:pw@${address}` }, fetch);
    const error: unknown = await through('https://api.example.invalid/usage').catch(
      (thrown: unknown) => thrown,
    );
    assert.match(inspect(error), /Proxy response \(502\)/);
    assert.deepEqual(seen, ['api.example.invalid:443 Basic bWU6cHc=']);
  });

  it('goes straight to a host that NO_PROXY names', async () => {
    const env = { HTTP_PROXY: 'http://127.0.0.1:9', NO_PROXY: 'other.example, 127.0.0.1' };
    assert.equal(await (await fetchThrough(env, fetch)(`http://${address}/`)).text(), 'itself');
  });

  it('is refused with a reason where the proxy is no address', async () => {
    await assert.rejects(fetchThrough({ HTTPS_PROXY: 'http://:0:0' }, fetch)('https://a.example/'), /proxy/);
  });
});
