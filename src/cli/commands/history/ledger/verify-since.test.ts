import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openSqlite } from '../../../../events/store/connection.ts';
import { ledgerFile, ledgerHome, withLedger } from '../../../testing/ledger-home.ts';
import { run } from '../../../testing/run.ts';

interface Verified {
  ok: boolean;
  events: number;
  workers: number;
  fault: { position: number } | null;
  divergences: { where: string; message: string }[];
  trusted?: { up_to: number; hash: string; verified_at: string | null };
  error?: { code: string; message: string };
}

const memory = (home: string) => join(home, 'run', 'verified.json');

async function verify(home: string, ...words: string[]): Promise<Verified & { code: number }> {
  const { code, json } = await run(home, ['ledger', 'verify', '--json', ...words]);
  return { ...json<Verified>(), code };
}

/** Changes rows of the log as a program does that drops the triggers first. */
function tamper(home: string, statement: string): void {
  const connection = openSqlite(ledgerFile(home));
  const triggers = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").all();
  for (const { name } of triggers as { name: string }[]) connection.exec(`DROP TRIGGER ${name}`);
  connection.exec(statement).close();
}

const appendOne = (home: string) =>
  withLedger(home, ({ store }) =>
    store.append('watcher', [{ type: 'watcher.started', data: { fence: 1, pid: 7, started: '7' } }], {
      actor: 'test',
    }),
  );

describe('agentpool ledger verify --since last', () => {
  it('verifies what was appended after the last whole verification, and names what it did not', async () => {
    const home = await ledgerHome('question-answered');
    const whole = await verify(home);
    assert.deepEqual([whole.code, whole.trusted], [0, undefined]);
    await appendOne(home);
    const { code, ok, events, trusted } = await verify(home, '--since', 'last');
    assert.deepEqual([code, ok, events, trusted?.up_to], [0, true, 1, 9]);
    assert.ok(trusted?.verified_at);
    const { stdout } = await run(home, ['ledger', 'verify', '--since', 'last']);
    assert.match(stdout, /from position 10 on, the ledger is sound/);
    assert.match(stdout, /not verified now: the events up to position 9 \(found sound on 20/);
    assert.ok(stdout.includes(trusted.hash));
  });

  it('is refused without a verification, and one that found a fault is not remembered', async () => {
    const home = await ledgerHome('question-answered');
    const refused = await verify(home, '--since', 'last');
    assert.equal(refused.error?.code, 'INVALID_POSITION');
    tamper(home, "UPDATE events SET actor = 'x' WHERE position = 4");
    assert.equal((await verify(home)).code, 1);
    assert.equal(existsSync(memory(home)), false);
  });

  it('is refused if the hash at the remembered position has changed, or the memory has', async () => {
    const home = await ledgerHome('question-answered');
    await verify(home);
    const kept = readFileSync(memory(home), 'utf8');
    tamper(home, 'UPDATE events SET hash = zeroblob(32) WHERE position = 9');
    assert.equal((await verify(home, '--since', 'last')).error?.code, 'LEDGER_CORRUPT');

    const other = await ledgerHome('leases');
    await verify(other);
    writeFileSync(memory(other), kept);
    assert.equal((await verify(other, '--since', 'last')).error?.code, 'LEDGER_CORRUPT');
    for (const broken of ['', '{}', '[]', kept.replace('"position":9', '"position":"9"')]) {
      writeFileSync(memory(other), broken);
      assert.equal((await verify(other, '--since', 'last')).error?.code, 'INVALID_POSITION');
    }
    rmSync(memory(other));
    assert.equal((await verify(other)).code, 0);
  });
});

describe('agentpool ledger verify --since POSITION', () => {
  it('finds a change from there on, with the words of a whole verification', async () => {
    const home = await ledgerHome('question-answered');
    tamper(home, `UPDATE events SET payload = replace(payload, ':', ': ') WHERE position = 5`);
    const whole = await verify(home);
    assert.equal(whole.fault?.position, 5);
    for (const from of ['2', '5']) assert.deepEqual((await verify(home, '--since', from)).fault, whole.fault);
    const later = await verify(home, '--since', '6');
    assert.deepEqual([later.ok, later.trusted?.up_to, later.trusted?.verified_at], [true, 5, null]);
  });

  it('finds a missing event and a stream that goes on wrongly', async () => {
    for (const change of [
      'DELETE FROM events WHERE position = 6',
      "UPDATE events SET stream_id = 'worker/other' WHERE position = 7",
    ]) {
      const home = await ledgerHome('question-answered');
      tamper(home, change);
      const whole = await verify(home);
      assert.ok(whole.fault);
      assert.deepEqual((await verify(home, '--since', '4')).fault, whole.fault);
    }
  });

  it('finds a row that does not follow from the events of a worker', async () => {
    const home = await ledgerHome('question-answered');
    const connection = openSqlite(ledgerFile(home));
    const { name } = connection
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB 'session_states__*'")
      .get() as { name: string };
    connection.exec(`UPDATE ${name} SET question = 'Really?'`).close();
    const { code, divergences } = await verify(home, '--since', '9');
    assert.equal(code, 1);
    assert.match(divergences[0]?.message ?? '', /^sessions\.question of ap_/);
  });

  it('takes a position of the log alone', async () => {
    const home = await ledgerHome('question-answered');
    for (const wrong of ['0', '10', '1.5', 'now', '-1'])
      assert.equal((await verify(home, `--since=${wrong}`)).error?.code, 'INVALID_POSITION');
    assert.equal((await verify(home, '--since', '1')).trusted, undefined);
  });
});
