import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkNetwork } from './network.ts';

const found = (env: Record<string, string>) => checkNetwork(env).map(({ ok, found }) => [ok, found]);

describe('what doctor says of the network', () => {
  it('is the proxy in use, without its login', () => {
    assert.deepEqual(found({}), []);
    assert.deepEqual(found({ HTTPS_PROXY: 'http://me:secret@proxy.example:8080', NO_PROXY: 'intern' }), [
      [true, 'limits are asked through http://proxy.example:8080, except for intern'],
    ]);
    assert.deepEqual(found({ HTTPS_PROXY: 'http://a:1', HTTP_PROXY: 'http://b:2' }), [
      [true, 'limits are asked through http://a:1, http://b:2 for http'],
    ]);
    assert.equal(found({ HTTPS_PROXY: 'http://' })[0]?.[0], false);
  });

  it('is a file of certificates, and whether it is there', () => {
    assert.equal(found({ NODE_EXTRA_CA_CERTS: import.meta.filename })[0]?.[0], true);
    assert.match(String(found({ NODE_EXTRA_CA_CERTS: '/nowhere/ca.pem' })[0]?.[1]), /does not exist/);
  });
});
