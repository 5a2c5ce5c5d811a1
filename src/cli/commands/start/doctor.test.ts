import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openSqlite } from '../../../events/store/connection.ts';
import type { Finding } from '../../../workers/core/setup/finding.ts';
import { Home } from '../../../workers/testing/home.ts';

const named = (findings: Finding[], check: string): Finding => {
  const found = findings.find((finding) => finding.check === check);
  assert.ok(found, `no finding about ${check}`);
  return found;
};

describe('doctor', () => {
  it('finds no problem in a home that does not exist, and creates nothing', async () => {
    const home = new Home();
    const { code, stdout } = await home.run(['doctor']);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /No problems found/);
    assert.ok(
      stdout.split('\n').every((line) => line.length <= 80),
      stdout,
    );
    assert.ok(!existsSync(home.folder));
  });

  it('reports the paths and the agents', async () => {
    const home = new Home();
    await home.run(['leases', 'list']);
    const reported = await home.json(['doctor']);
    assert.equal(reported.ok, true);
    assert.equal(reported.db_path, join(home.folder, 'ledger.sqlite'));
    assert.equal(reported.tmux.installed, true);
    const fake = reported.inventory.providers.find(({ id }: { id: string }) => id === 'fake-question');
    assert.deepEqual([fake.installed, fake.usage.status], [true, 'available']);
    assert.equal(reported.deep, undefined);
    const more = await home.json(['doctor', '--deep', '--privacy']);
    assert.equal(more.deep.ok, true);
    assert.equal(more.privacy.credential_storage.agentpool_stores_provider_credentials, false);
    const { stdout } = await home.run(['doctor', '--privacy']);
    assert.match(stdout, /droid-cli: api\.factory\.ai, with FACTORY_API_KEY/);
    assert.match(stdout, /codex-cli: sessions\/\*\*\/rollout/);
    assert.ok(
      stdout.split('\n').every((line) => line.length <= 80),
      stdout,
    );
  });

  it('says what to try when an agent is newer than its rules, which is no failure', async () => {
    const home = new Home();
    const bin = join(home.ground, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'codex'), '#!/bin/sh\necho codex-cli 99.1.0\n', { mode: 0o755 });
    const { code, stdout } = await home.run(['doctor'], { env: { PATH: `${bin}:${home.env.PATH}` } });
    assert.equal(code, 0, stdout);
    assert.match(stdout, /✓ versions +codex-cli 99\.1\.0 is newer than [\d.]+,/);
    assert.match(stdout, /try {2}agentpool detectors check codex/);
    assert.match(stdout, /No problems found/);
  });

  it('gives the install lines when tmux is missing, and exits 1', async () => {
    const home = new Home();
    const bin = join(home.ground, 'bin');
    mkdirSync(bin);
    const git = (home.env.PATH ?? '')
      .split(':')
      .map((folder) => join(folder, 'git'))
      .find((path) => existsSync(path));
    assert.ok(git);
    symlinkSync(git, join(bin, 'git'));
    const bare = { env: { PATH: bin } };
    const { findings } = await home.json(['doctor'], bare);
    const { severity, fix } = named(findings, 'tmux');
    assert.equal(severity, 'error');
    assert.deepEqual(fix, ['sudo apt-get install tmux', 'sudo dnf install tmux', 'brew install tmux']);
    const { code, stdout } = await home.run(['doctor'], bare);
    assert.equal(code, 1);
    assert.match(stdout, /✗ tmux +not installed/);
    assert.match(stdout, /1 problem to fix/);
  });

  it('names files that others can read, with the command that makes them private', async () => {
    const home = new Home();
    await home.run(['init']);
    chmodSync(home.folder, 0o755);
    assert.equal(named((await home.json(['doctor'])).findings, 'permissions').severity, 'warning');
    chmodSync(join(home.folder, 'config.yaml'), 0o644);
    const { severity, fix, found } = named((await home.json(['doctor'])).findings, 'permissions');
    assert.equal(severity, 'error');
    assert.match(found, /can be read by other users/);
    assert.deepEqual(fix, [`chmod -R go-rwx ${home.folder}`]);
  });

  it('reports an invalid config, and continues', async () => {
    const home = new Home();
    await home.run(['init']);
    writeFileSync(join(home.folder, 'config.yaml'), 'version: 1\npolicy: nothing\n');
    const { ok, findings } = await home.json(['doctor']);
    assert.equal(ok, false);
    assert.match(named(findings, 'config').found, /config\.yaml:2/);
    assert.ok(named(findings, 'disk').ok);
  });

  it('finds a broken link of the hash chain', async () => {
    const home = new Home();
    await home.run(['spawn', '--provider', 'fake-completed', '--repo', home.repo, '--task', 'Say hello']);
    await home.run(['observe', '@last', '--wait-for', 'completed', '--timeout', '60']);
    await home.run(['terminate', '@last']);
    await home.run(['watcher', 'stop']);
    assert.equal(named((await home.json(['doctor'])).findings, 'ledger').ok, true);
    const database = openSqlite(join(home.folder, 'ledger.sqlite'));
    for (const { name } of database
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
      .all() as { name: string }[]) {
      database.exec(`DROP TRIGGER "${name}"`);
    }
    database.prepare("UPDATE events SET payload = replace(payload, 'hello', 'bye') WHERE position = 1").run();
    database.close();
    for (const words of [['doctor'], ['doctor', '--deep']]) {
      const { severity, found, fix } = named((await home.json(words)).findings, 'ledger');
      assert.equal(severity, 'error');
      assert.match(found, /position 1/);
      assert.deepEqual(fix, ['agentpool ledger verify']);
    }
  });

  it('reports a file that is no ledger, and a ledger of a newer AgentPool', async () => {
    const home = new Home();
    mkdirSync(home.folder, { mode: 0o700 });
    const file = join(home.folder, 'ledger.sqlite');
    writeFileSync(file, 'not a database, but long enough to be looked at as one'.repeat(20), { mode: 0o600 });
    assert.equal(named((await home.json(['doctor'])).findings, 'ledger').severity, 'error');
    rmSync(file);
    await home.run(['leases', 'list']);
    const database = openSqlite(file);
    database.pragma('user_version = 999');
    database.close();
    assert.match(named((await home.json(['doctor'])).findings, 'ledger').found, /newer AgentPool/);
  });

  it('reports a running watcher and tmux server', async () => {
    const home = new Home();
    const spawn = ['spawn', '--provider', 'fake-idle', '--repo', home.repo, '--task', 'Wait'];
    const { session_id } = await home.json(spawn);
    for (;;) {
      const { findings } = await home.json(['doctor']);
      if (!named(findings, 'watcher').ok) continue;
      assert.equal(named(findings, 'watcher').found, 'watches 1 worker');
      assert.match(named(findings, 'tmux server').found, /^1 server running/);
      break;
    }
    await home.run(['terminate', session_id]);
    assert.match(named((await home.json(['doctor'])).findings, 'watcher').found, /no worker is alive/);
  });
});
