import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addressOf } from './address.ts';

const env = { PGUSER: 'ada' };
const refusal = (url: string): string => {
  try {
    addressOf(url, env);
  } catch (error) {
    assert.equal((error as { code?: string }).code, 'FLEET_ADDRESS_INVALID');
    return (error as Error).message;
  }
  return 'not refused';
};

describe('the address of a fleet', () => {
  it('names host, port, database and user, with the defaults of PostgreSQL', () => {
    const { url: _, ...all } = addressOf('postgresql://bob@127.0.0.1:5433/pool', env);
    assert.deepEqual(all, { host: '127.0.0.1', port: 5433, database: 'pool', user: 'bob', tls: null });
    const { host, port, database, user, url } = addressOf('postgres://localhost', env);
    assert.deepEqual([host, port, database, user], ['localhost', 5432, 'ada', 'ada']);
    assert.equal(url, 'postgresql://ada@localhost/ada');
  });

  it('may be a folder with a socket', () => {
    const { host, database } = addressOf('postgresql:///pool?host=/run/postgresql', env);
    assert.deepEqual([host, database], ['/run/postgresql', 'pool']);
  });

  it('keeps names with other letters as they are', () => {
    const { user, database } = addressOf('postgresql://j%C3%BCrgen%40x@localhost/a%20b', env);
    assert.deepEqual([user, database], ['jürgen@x', 'a b']);
  });

  it('is verified wherever a packet leaves this machine', () => {
    const far = 'postgresql://db.example.org/pool';
    for (const mode of ['', '?sslmode=disable', '?sslmode=prefer', '?sslmode=require', '?sslmode=verify-ca'])
      assert.match(refusal(far + mode), /sslmode=verify-full/, mode);
    for (const host of ['10.0.0.1', '127.0.0.1.example.org', '[2001:db8::1]', '0.0.0.0'])
      assert.match(refusal(`postgresql://${host}/pool`), /sslmode=verify-full/, host);
    assert.deepEqual(addressOf(`${far}?sslmode=verify-full`, env).tls, { ca: null });
  });

  it('may be in the clear on this machine, and verified', () => {
    for (const host of ['localhost', '127.0.0.1', '127.1.2.3', '[::1]'])
      assert.equal(addressOf(`postgresql://${host}/pool`, env).tls, null, host);
    assert.deepEqual(addressOf('postgresql://localhost/pool?sslmode=verify-full', env).tls, { ca: null });
    assert.match(refusal('postgresql://localhost/pool?sslmode=require'), /disable or verify-full/);
  });

  it('holds no password, and nothing that is not known', () => {
    assert.match(refusal('postgresql://bob:secret@localhost/pool'), /PGPASSWORD/);
    assert.doesNotMatch(refusal('postgresql://bob:secret@localhost/pool'), /secret/);
    assert.match(refusal('postgresql://localhost/pool?options=-c'), /parameter options/);
    assert.match(refusal('postgresql://localhost/a/b'), /one database/);
    assert.match(refusal('mysql://localhost/pool'), /begins with mysql:/);
    assert.match(refusal('pool'), /no URL/);
    assert.match(
      refusal('postgresql://db.example.org/pool?sslmode=verify-full&sslrootcert=/no/such.pem'),
      /sslrootcert cannot be read/,
    );
  });
});
