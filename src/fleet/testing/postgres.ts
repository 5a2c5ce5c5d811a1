import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { until } from '../../lib/testing/until.ts';
import { addressOf } from '../server/address.ts';
import { Database } from '../server/connection.ts';

/** Debian installs each major version in a folder of its own, and links none of its programs. */
const DEBIAN = '/usr/lib/postgresql';

/** The folder of PostgreSQL's programs; null if it is not installed. */
function programs(): string | null {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN) : [];
  const newest = versions
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(DEBIAN, version, 'bin'));
  const found = [...newest, ...(process.env.PATH ?? '').split(':')];
  return found.find((folder) => existsSync(join(folder, 'initdb'))) ?? null;
}

/** A reason to skip tests that need a database; false if they can run. */
export const withoutPostgres = programs() === null ? 'PostgreSQL is not installed' : false;

/** PostgreSQL refuses to run as root; its own user is there once it is installed. */
function runner(): { uid?: number; gid?: number } {
  if (process.geteuid?.() !== 0) return {};
  const of = (kind: string) => Number(execFileSync('id', [kind, 'postgres'], { encoding: 'utf8' }));
  return { uid: of('-u'), gid: of('-g') };
}

/** Where the files of one run of the tests keep a cluster to copy: to make one takes five times as long. */
function keptCluster(): string | null {
  const { TESTS_SHARED_FOLDER } = process.env;
  return TESTS_SHARED_FOLDER ? join(TESTS_SHARED_FOLDER, 'postgres') : null;
}

/** Copies a cluster of which no server runs, with its owner and permissions. */
const copyCluster = (from: string, to: string) => execFileSync('cp', ['-a', from, to]);

/**
 * A PostgreSQL server of its own on 127.0.0.1, with the role `owner`, which may do everything, and the database `pool`.
 * It is gone when the tests of the file are done (unless a script ends it by `remove`), and is started at the top of the file: what is started in a hook ends
 * with that hook.
 */
export class Postgres {
  readonly folder = mkdtempSync('/tmp/agentpool-pg-');
  readonly #as = runner();
  #server: ChildProcess | null = null;
  port = 0;

  /** `settings` of postgresql.conf. Unless a test is about a crash of the machine, nothing has to reach the disk. */
  static async start(
    settings: Readonly<Record<string, string>> = { fsync: 'off' },
    { endsWithTest = true } = {},
  ): Promise<Postgres> {
    const server = new Postgres();
    // The tests that would use it are skipped.
    if (withoutPostgres) return server;
    if (endsWithTest) after(() => server.remove());
    server.#own();
    const kept = keptCluster();
    if (kept !== null && existsSync(kept)) copyCluster(kept, server.#data);
    else server.#initialise(kept);
    server.port = await freePort();
    await server.up(settings);
    return server;
  }

  /** Makes the cluster, and keeps a copy of it for the other files of this run. */
  #initialise(kept: string | null): void {
    const settings = ['-U', 'owner', '--auth=trust', '--no-sync', '-E', 'UTF8', '--locale=C'];
    this.#run('initdb', ['-D', this.#data, ...settings]);
    this.whileDown('CREATE DATABASE pool', 'postgres');
    if (kept === null) return;
    const draft = `${kept}-${process.pid}`;
    copyCluster(this.#data, draft);
    try {
      renameSync(draft, kept);
    } catch {
      // Another file was first.
      rmSync(draft, { recursive: true, force: true });
    }
  }

  /** Gives the folder to the user that the server runs as. */
  #own(): void {
    const { uid, gid } = this.#as;
    if (uid !== undefined && gid !== undefined) chownSync(this.folder, uid, gid);
  }

  /** The URL of a database for a role. */
  url(role = 'owner', database = 'pool'): string {
    return `postgresql://${role}@127.0.0.1:${this.port}/${database}`;
  }

  connect(role = 'owner', database = 'pool'): Promise<Database> {
    return Database.connect(addressOf(this.url(role, database), { USER: userInfo().username }), undefined);
  }

  /** Runs statements, each in a transaction of its own. */
  async asOwner(sql: string, database = 'pool'): Promise<void> {
    const connection = await this.connect('owner', database);
    try {
      await connection.run(sql);
    } finally {
      await connection.close();
    }
  }

  /** Runs a statement while no server runs, and so before anyone can connect to the next one. */
  whileDown(sql: string, database: string): void {
    this.#run('postgres', ['--single', '-D', this.#data, database], `${sql}\n`);
  }

  /** Starts the server, and waits until it answers. */
  async up(settings: Readonly<Record<string, string>> = {}): Promise<void> {
    const given = { listen_addresses: '127.0.0.1', port: String(this.port), ...settings };
    const options = Object.entries({ unix_socket_directories: this.folder, ...given });
    const server = spawn(
      join(programs() ?? '', 'postgres'),
      ['-D', this.#data, ...options.flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      { ...this.#as, cwd: this.folder, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let said = '';
    server.stderr?.on('data', (chunk) => {
      said = (said + chunk).slice(-4000);
    });
    this.#server = server;
    await until(
      'PostgreSQL',
      () => opens(this.url('owner', 'postgres')),
      () => said,
    );
  }

  /** From here on it takes connections through TLS too. */
  async encrypt({ key, cert }: { key: string; cert: string }): Promise<void> {
    for (const [from, name] of [
      [key, 'server.key'],
      [cert, 'server.crt'],
    ] as const) {
      const file = join(this.#data, name);
      copyFileSync(from, file);
      chmodSync(file, 0o600);
      const { uid, gid } = this.#as;
      if (uid !== undefined && gid !== undefined) chownSync(file, uid, gid);
    }
    await this.asOwner('ALTER SYSTEM SET ssl = on', 'postgres');
    await this.asOwner('SELECT pg_reload_conf()', 'postgres');
  }

  /** From here on every user needs a password. */
  async demandPasswords(): Promise<void> {
    writeFileSync(join(this.#data, 'pg_hba.conf'), 'host all all 127.0.0.1/32 scram-sha-256\n');
    await this.asOwner('SELECT pg_reload_conf()', 'postgres');
  }

  /** Ends the server and all of its processes at once, as a crash does. */
  async crash(): Promise<void> {
    await this.#end('SIGQUIT');
  }

  async remove(): Promise<void> {
    await this.#end('SIGQUIT');
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10 });
  }

  get #data(): string {
    return join(this.folder, 'data');
  }

  #run(program: string, args: readonly string[], input = ''): void {
    const options = { ...this.#as, cwd: this.folder, stdio: 'pipe', input } as const;
    execFileSync(join(programs() ?? '', program), args, options);
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null || server.exitCode !== null || server.signalCode !== null) return;
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill(signal);
    await ended;
  }
}

/** A pgbouncer before a server, which gives each transaction any of its connections. */
export class Pooler {
  readonly #folder = mkdtempSync('/tmp/agentpool-pool-');
  #process: ChildProcess | null = null;
  port = 0;

  /** Null where pgbouncer is not installed. */
  static async start(server: Postgres, { endsWithTest = true } = {}): Promise<Pooler | null> {
    const program = ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer'].find((file) => existsSync(file));
    if (program === undefined || withoutPostgres) return null;
    const pooler = new Pooler();
    if (endsWithTest) after(() => pooler.end());
    pooler.port = await freePort();
    const settings = join(pooler.#folder, 'pgbouncer.ini');
    const users = join(pooler.#folder, 'users.txt');
    writeFileSync(users, '"owner" ""\n');
    writeFileSync(
      settings,
      `[databases]
* = host=127.0.0.1 port=${server.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${pooler.port}
unix_socket_dir =
auth_type = trust
auth_file = ${users}
pool_mode = transaction
`,
    );
    const as = runner();
    if (as.uid !== undefined && as.gid !== undefined)
      for (const path of [pooler.#folder, settings, users]) chownSync(path, as.uid, as.gid);
    pooler.#process = spawn(program, ['-q', settings], { ...as, stdio: 'ignore' });
    const url = `postgresql://owner@127.0.0.1:${pooler.port}/postgres`;
    await until('pgbouncer', () => opens(url));
    return pooler;
  }

  async end(): Promise<void> {
    const running = this.#process;
    if (running === null) return;
    this.#process = null;
    const ended = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGKILL');
    await ended;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

async function opens(url: string): Promise<boolean> {
  try {
    await (await Database.connect(addressOf(url, {}), undefined)).close();
    return true;
  } catch {
    return false;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
