import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DomainEvent } from '../../../../events/catalogue/index.ts';
import { openSqlite } from '../../../../events/store/connection.ts';
import { temporaryFolder } from '../../../../lib/testing/processes.ts';
import { projections } from '../../../../projections/projector/all.ts';
import { type Ledger, openLedger } from '../../../../projections/projector/ledger.ts';
import { Projector } from '../../../../projections/projector/projector.ts';
import { historyFile, ledgerFile, ledgerHome, withLedger } from '../../../testing/ledger-home.ts';
import { commandLine, ended, run, start } from '../../../testing/run.ts';

interface Verified {
  ok: boolean;
  fault: { position: number; reason: string } | null;
  divergences: { where: string; expected: unknown; actual: unknown; event: { position: number } | null }[];
}

/** Changes the database file as another program would. */
function tamper(home: string, ...statements: string[]): void {
  const connection = openSqlite(ledgerFile(home));
  for (const statement of statements) connection.exec(statement);
  connection.close();
}

const stopped = (reason: string): DomainEvent => ({ type: 'watcher.stopped', data: { fence: 1, reason } });

const verified = async (home: string) => {
  const { code, json } = await run(home, ['ledger', 'verify', '--json']);
  return { code, ...json<Verified>() };
};

describe('agentpool ledger verify', () => {
  it('accepts an intact ledger, and an empty one', async () => {
    const empty = await verified(await ledgerHome());
    assert.deepEqual([empty.code, empty.ok], [0, true]);
    const home = await ledgerHome('leases');
    const { code, stdout } = await run(home, ['ledger', 'verify']);
    assert.equal(code, 0);
    assert.match(stdout, /the ledger is sound\n {2}13 events, 1 worker/);
  });

  it('names the first bad position when an event was changed', async () => {
    const home = await ledgerHome('question-answered');
    tamper(
      home,
      'DROP TRIGGER events_are_final_update',
      `UPDATE events SET payload = replace(payload, 'Per line.', 'Per order.') WHERE position = 5`,
      `UPDATE events SET actor = 'nobody' WHERE position = 7`,
    );
    const { code, ok, fault } = await verified(home);
    assert.deepEqual([code, ok, fault?.position], [1, false, 5]);
    const { stdout } = await run(home, ['ledger', 'verify']);
    assert.match(stdout, /first bad position: 5, hash is/);
  });

  it('names the missing position when an event was removed', async () => {
    const home = await ledgerHome('question-answered');
    tamper(home, 'DROP TRIGGER events_are_final_delete', 'DELETE FROM events WHERE position = 6');
    const { code, fault } = await verified(home);
    assert.deepEqual([code, fault?.position], [1, 6]);
  });

  it('names a row that does not match the events, and a rebuild fixes it', async () => {
    const home = await ledgerHome('question-answered');
    const table = withLedger(home, (ledger) => physical(ledger, 'session_states'));
    tamper(home, `UPDATE ${table} SET state = 'IDLE'`);
    const { code, fault, divergences } = await verified(home);
    assert.deepEqual([code, fault], [1, null]);
    const [divergence] = divergences;
    assert.deepEqual(
      [divergence?.where, divergence?.expected, divergence?.actual, divergence?.event?.position],
      ['table', 'COMPLETED', 'IDLE', 9],
    );
    assert.match((await run(home, ['ledger', 'verify'])).stdout, /sessions\.state of ap_\w+ is not what/);
    assert.equal((await run(home, ['ledger', 'rebuild'])).code, 0);
    assert.equal((await verified(home)).ok, true);
  });

  it('names a missing row, without reporting the rows after it', async () => {
    const home = await ledgerHome('leases');
    const [table, ids] = withLedger(home, (ledger) => [
      physical(ledger, 'leases'),
      ledger.all<{ id: number }>('SELECT id FROM leases ORDER BY id').map(({ id }) => id),
    ]);
    const [, second] = ids;
    assert.ok(second !== undefined && ids.length > 2);
    tamper(home, `DELETE FROM ${table} WHERE id = ${second}`);
    const { divergences } = await verified(home);
    assert.equal(divergences[0]?.actual, null);
    assert.equal((divergences[0]?.expected as { id: number }).id, second);
  });

  it('reports a file that is no ledger, and a damaged one, without a stack', async () => {
    const home = await ledgerHome();
    writeFileSync(ledgerFile(home), 'this is a diary');
    const { code, json } = await run(home, ['ledger', 'verify', '--json']);
    assert.equal(code, 1);
    assert.equal(json<{ error: { code: string } }>().error.code, 'LEDGER_CORRUPT');
  });
});

describe('while other processes write', () => {
  const watcher = (fence: number) =>
    ({ type: 'watcher.started', data: { fence, pid: 7, started: '7' } }) as const;

  it('a ledger is verified, rebuilt and copied from one snapshot', async () => {
    const home = await ledgerHome('leases');
    const file = join(temporaryFolder(), 'copy.sqlite');
    const ledger = openLedger(ledgerFile(home));
    let fence = 0;
    const append = () => ledger.store.append('watcher', [watcher(++fence)], { actor: 'test' });
    try {
      ledger.store.transaction(() => {
        for (let n = 0; n < 2000; n++) append();
      });
      for (const words of [['verify'], ['rebuild'], ['backup', file]]) {
        const child = start(home, ['ledger', ...words, '--json']);
        const printed = text(child.stdout as Readable);
        const code = ended(child);
        while (child.exitCode === null) {
          append();
          await sleep(2);
        }
        assert.equal(await code, 0, await printed);
      }
    } finally {
      ledger.close();
    }
    assert.equal((await verified(home)).ok, true);
  });
});

describe('agentpool ledger rebuild', () => {
  it('works on no events, twice in a row, and prints only its result', async () => {
    for (const home of [await ledgerHome(), await ledgerHome('leases')]) {
      for (let time = 0; time < 2; time++) {
        const { code, json, stderr } = await run(home, ['ledger', 'rebuild', '--json']);
        assert.equal(code, 0);
        assert.equal(stderr, '');
        const { rebuilt } = json<{ rebuilt: string[] }>();
        assert.deepEqual([...rebuilt].sort(), projections.map(({ name }) => name).sort());
      }
      assert.equal((await verified(home)).ok, true);
    }
  });

  it('continues an interrupted rebuild', async () => {
    const home = await ledgerHome('leases');
    const stopped = () =>
      withLedger(home, ({ store }) => {
        for (let n = 0; n < 6000; n++) {
          const data = { fence: n + 1, pid: 7, started: '7' };
          store.append('watcher', [{ type: 'watcher.started', data }], { actor: 'test' });
        }
        new Projector(store, projections).rebuild(undefined, () => {
          throw new Error('pulled the plug');
        });
      });
    assert.throws(stopped, /pulled the plug/);
    const { json } = await run(home, ['ledger', 'rebuild', '--json']);
    assert.ok(json<{ resumed_from: number }>().resumed_from > 0);
    assert.equal((await verified(home)).ok, true);
  });
});

describe('agentpool ledger stats', () => {
  it('counts events and bytes by type and streams, and reports the state of the projections', async () => {
    const home = await ledgerHome('leases');
    const stats = (await run(home, ['ledger', 'stats', '--json'])).json<{
      events: number;
      file_bytes: number;
      types: { type: string; events: number; bytes: number }[];
      streams: { total: number; workers: number; leases: number };
      projections: { name: string; version: number; position: number; active: boolean }[];
    }>();
    assert.equal(stats.events, 13);
    assert.deepEqual([stats.streams.total, stats.streams.workers, stats.streams.leases], [2, 1, 1]);
    assert.equal(
      stats.types.reduce((sum, { events }) => sum + events, 0),
      13,
    );
    assert.ok(stats.types.every(({ bytes }) => bytes > 0));
    assert.ok(stats.file_bytes > 0);
    assert.deepEqual(
      stats.projections.map(({ position, active }) => [position, active]),
      projections.map(() => [13, true]),
    );
  });

  it('fits 80 columns', async () => {
    const { stdout } = await run(await ledgerHome('leases'), ['ledger', 'stats']);
    assert.match(stdout, /lease\.acquired +3/);
    for (const line of stdout.split('\n').slice(1)) assert.ok(line.length <= 80, line);
  });
});

describe('agentpool ledger backup', () => {
  it('writes one private file that is a valid ledger', async () => {
    const home = await ledgerHome('question-answered');
    const folder = temporaryFolder();
    const file = join(folder, 'copy.sqlite');
    const { code, json } = await run(home, ['ledger', 'backup', file, '--json']);
    assert.equal(code, 0);
    assert.equal(json<{ events: number }>().events, 9);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(folder), ['copy.sqlite']);

    const restored = await ledgerHome();
    for (const name of readdirSync(restored)) if (name.includes('-')) assert.fail(`${name} is left over`);
    writeFileSync(ledgerFile(restored), readFileSync(file));
    assert.equal((await verified(restored)).ok, true);
    const events = async (of: string) => (await run(of, ['ledger', 'export'])).stdout;
    assert.equal(await events(restored), await events(home));
  });

  it('does not replace a file without --force', async () => {
    const home = await ledgerHome('crashed');
    const file = join(temporaryFolder(), 'copy.sqlite');
    writeFileSync(file, 'precious');
    const refused = await run(home, ['ledger', 'backup', file, '--json']);
    assert.equal(refused.code, 1);
    assert.equal(refused.json<{ error: { code: string } }>().error.code, 'FILE_EXISTS');
    assert.equal(readFileSync(file, 'utf8'), 'precious');
    assert.equal((await run(home, ['ledger', 'backup', file, '--force'])).code, 0);
    assert.notEqual(readFileSync(file, 'utf8'), 'precious');
  });

  it(
    'leaves no file behind if it fails',
    { skip: process.getuid?.() === 0 && 'root may write anywhere' },
    async () => {
      const folder = temporaryFolder();
      chmodSync(folder, 0o500);
      const { code, stderr } = await run(await ledgerHome('crashed'), [
        'ledger',
        'backup',
        join(folder, 'x'),
      ]);
      assert.equal(code, 1);
      assert.match(stderr, /STORAGE_DENIED/);
      chmodSync(folder, 0o700);
      assert.deepEqual(readdirSync(folder), []);
    },
  );

  it('verifies the whole chain of the first copy, and of later ones what came after, or all with --verify', async () => {
    const home = await ledgerHome('question-answered');
    const file = join(temporaryFolder(), 'copy.sqlite');
    const copied = async (...words: string[]) =>
      (await run(home, ['ledger', 'backup', file, '--force', '--json', ...words])).json<{
        verified_events: number;
        trusted?: { up_to: number };
      }>();
    assert.deepEqual([(await copied()).verified_events, (await copied()).verified_events], [9, 0]);
    const { stdout } = await run(home, ['ledger', 'backup', file, '--force']);
    assert.match(stdout, /verified now: 0 events\n {2}not verified now: the events up to position 9 \(found/);
    withLedger(home, ({ store }) => store.append('watcher', [stopped('10')], { actor: 'test' }));
    const { verified_events, trusted } = await copied();
    assert.deepEqual([verified_events, trusted?.up_to], [1, 9]);
    const whole = await copied('--verify');
    assert.deepEqual([whole.verified_events, whole.trusted], [10, undefined]);
    // What a backup has verified is the hash chain alone: `verify --since last` may not trust it.
    assert.match((await run(home, ['ledger', 'verify', '--since', 'last'])).stderr, /INVALID_POSITION/);
    assert.equal((await verified(home)).ok, true);
  });

  it('says that the disk is full and leaves nothing behind, if it fills in the middle of the copy', async () => {
    const home = await ledgerHome();
    withLedger(home, ({ store }) => {
      for (let count = 0; count < 500; count++)
        store.append('watcher', [stopped('x'.repeat(2000))], { actor: 'test' });
    });
    const folder = temporaryFolder();
    // No file may become longer than this, as with a quota: needs no rights, unlike a disk of its own.
    const [program, words] = commandLine(['ledger', 'backup', join(folder, 'copy.sqlite'), '--json']);
    const child = spawn('sh', ['-c', 'ulimit -f 400; exec "$@"', 'sh', program, ...words], {
      env: { ...process.env, AGENTPOOL_HOME: home },
    });
    const printed = text(child.stdout);
    assert.equal(await ended(child), 1);
    const { error } = JSON.parse(await printed) as { error: { code: string; details: { errno: string } } };
    assert.deepEqual([error.code, error.details.errno], ['STORAGE_FULL', 'EFBIG']);
    assert.deepEqual(readdirSync(folder), []);
    assert.equal((await verified(home)).ok, true);
  });

  it('does not copy a broken log', async () => {
    const home = await ledgerHome('crashed');
    tamper(home, 'DROP TRIGGER events_are_final_update', `UPDATE events SET actor = 'x' WHERE position = 2`);
    const file = join(temporaryFolder(), 'copy.sqlite');
    const { code, stderr } = await run(home, ['ledger', 'backup', file]);
    assert.equal(code, 1);
    assert.match(stderr, /at position 2/);
    assert.equal(existsSync(file), false);
  });
});

describe('agentpool ledger export and import', () => {
  it('copy a log byte for byte', async () => {
    const home = await ledgerHome('leases');
    const exported = await run(home, ['ledger', 'export']);
    assert.equal(exported.stdout, readFileSync(historyFile('leases'), 'utf8'));

    const file = join(temporaryFolder(), 'log.ndjson');
    assert.equal((await run(home, ['ledger', 'export', file])).code, 0);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.equal((await run(home, ['ledger', 'export', file])).code, 1);

    const other = await ledgerHome();
    const imported = await run(other, ['ledger', 'import', file, '--json']);
    assert.equal(imported.json<{ imported: number }>().imported, 13);
    assert.equal((await run(other, ['ledger', 'export', '-'])).stdout, exported.stdout);
    assert.equal((await verified(other)).ok, true);
  });

  it('append to an existing log, from a pipe', async () => {
    const lines = readFileSync(historyFile('leases'), 'utf8').split('\n');
    const home = await ledgerHome();
    await run(home, ['ledger', 'import', '-'], `${lines.slice(0, 5).join('\n')}\n`);
    const { json } = await run(home, ['ledger', 'import', '-', '--json'], lines.join('\n'));
    assert.deepEqual(
      (({ imported, already_there }) => [imported, already_there])(json<Record<string, number>>()),
      [8, 5],
    );
    assert.equal((await verified(home)).ok, true);
  });

  it('name the line that breaks the chain, and import nothing', async () => {
    const changed = readFileSync(historyFile('leases'), 'utf8').replace('checkout code', 'cart code');
    const home = await ledgerHome();
    const { code, json } = await run(home, ['ledger', 'import', '-', '--json'], changed);
    assert.equal(code, 1);
    const { error } = json<{ error: { code: string; details: { line: number } } }>();
    assert.deepEqual([error.code, error.details.line], ['IMPORT_INVALID', 1]);
    assert.equal((await run(home, ['ledger', 'export'])).stdout, '');
  });

  it('report a missing file', async () => {
    const { code, stderr } = await run(await ledgerHome(), ['ledger', 'import', '/nowhere/at/all']);
    assert.equal(code, 1);
    assert.match(stderr, /nowhere/);
  });
});

/** The name of the table that is behind a projection's view. */
function physical(ledger: Ledger, view: string): string {
  const { sql } = ledger.get<{ sql: string }>('SELECT sql FROM sqlite_schema WHERE name = ?', view) ?? {
    sql: '',
  };
  return /FROM (\w+)/.exec(sql)?.[1] ?? '';
}
