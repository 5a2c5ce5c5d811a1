import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { temporaryFolder } from '../../lib/testing/processes.ts';
import { Postgres, withoutPostgres } from '../testing/postgres.ts';
import { addressOf } from './address.ts';
import { Database } from './connection.ts';

const server = await Postgres.start();
const plain = await Postgres.start();
const folder = temporaryFolder();

/** A certificate that signs itself, for a host. */
function certificate(name: string, host: string): { key: string; cert: string } {
  const [key, cert] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)];
  const subject = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`];
  const how = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2'];
  execFileSync('openssl', ['req', ...how, '-keyout', key, '-out', cert, ...subject], { stdio: 'pipe' });
  return { key, cert };
}

const connect = (url: string) => Database.connect(addressOf(url, {}), undefined);
const failsWith = (code: string) => (error: unknown) => {
  assert.equal((error as { code?: string }).code, code, String(error));
  return true;
};

describe('a database that is reached through TLS', { skip: withoutPostgres }, () => {
  let known: { cert: string };
  let other: { cert: string };

  before(async () => {
    const used = certificate('server', 'localhost');
    [known, other] = [used, certificate('other', 'localhost')];
    await server.encrypt(used);
  });

  const url = (host: string, file: string) =>
    `postgresql://owner@${host}:${server.port}/pool?sslmode=verify-full&sslrootcert=${file}`;

  it('is trusted if its certificate is known and names its host', async () => {
    const database = await connect(url('localhost', known.cert));
    const [row] = await database.rows<{ ssl: boolean }>(
      'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()',
    );
    assert.equal(row?.ssl, true);
    await database.close();
  });

  it('is not trusted otherwise', async () => {
    await assert.rejects(connect(url('localhost', other.cert)), failsWith('FLEET_UNTRUSTED'));
    await assert.rejects(connect(url('127.0.0.1', known.cert)), failsWith('FLEET_UNTRUSTED'));
    await assert.rejects(connect(url('localhost', 'system')), failsWith('FLEET_UNTRUSTED'));
  });

  it('is not asked in the clear in its place', async () => {
    await assert.rejects(
      connect(`postgresql://owner@localhost:${plain.port}/pool?sslmode=verify-full`),
      failsWith('FLEET_UNTRUSTED'),
    );
  });
});
