import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { TokenIndex } from '../../usage/tokens/token-index.ts';
import { checkNode, checkProgram } from '../core/setup/programs.ts';
import { checkSpace } from './disk.ts';
import { checkWatch } from './ledger.ts';
import { checkRights } from './private-rights.ts';
import { checkSocket } from './terminal.ts';
import { checkTokenIndex } from './token-index.ts';

const ground = mkdtempSync(join(tmpdir(), 'ap-doctor-'));
after(() => rmSync(ground, { recursive: true, force: true }));

/** A folder of programs, each of which prints one line. */
function bin(name: string, programs: Record<string, string>): { PATH: string } {
  const folder = join(ground, name);
  mkdirSync(folder);
  for (const [program, script] of Object.entries(programs)) {
    writeFileSync(join(folder, program), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  return { PATH: folder };
}

describe('a program', () => {
  it('must be installed, start, and be new enough', async () => {
    const env = bin('old', { tmux: 'echo "tmux 2.9a"', git: 'exit 1' });
    assert.match((await checkProgram('tmux', env)).found, /2\.9a is too old: 3\.2 is required/);
    assert.match((await checkProgram('git', env)).found, /does not report its version/);
    assert.match((await checkProgram('git', { PATH: ground })).found, /not installed/);
  });

  it('may be a build from source', async () => {
    const env = bin('built', { tmux: 'echo "tmux next-3.6"', git: 'echo "git version 2.51.0.windows.1"' });
    assert.deepEqual(
      [(await checkProgram('tmux', env)).ok, (await checkProgram('git', env)).ok],
      [true, true],
    );
    const master = bin('master', { tmux: 'echo "tmux master"' });
    assert.equal((await checkProgram('tmux', master)).ok, true);
  });

  it('may be Node', () => {
    assert.equal(checkNode().ok, true);
    assert.deepEqual([checkNode('18.20.4').severity, checkNode('20.18.9').severity], ['error', 'error']);
    assert.deepEqual([checkNode('20.19.0').ok, checkNode('24.1.0').ok], [true, true]);
  });
});

describe('rights', () => {
  const home = join(ground, 'home');
  const below = join(home, 'artifacts');

  it('are fine if nothing exists yet, and if everything is private', async () => {
    assert.equal((await checkRights([home, below])).ok, true);
    mkdirSync(below, { recursive: true, mode: 0o700 });
    chmodSync(home, 0o700);
    writeFileSync(join(below, 'transcript'), '', { mode: 0o600 });
    symlinkSync('/etc/hosts', join(home, 'link'));
    assert.match((await checkRights([home, below])).found, /home: private/);
  });

  it('are an error if the home cannot be created', async () => {
    symlinkSync(join(ground, 'nowhere'), join(ground, 'dangling'));
    const { severity, found } = await checkRights([join(ground, 'dangling', 'home')]);
    assert.equal(severity, 'error');
    assert.match(found, /dangling is not a folder/);
  });

  it('are a warning if an open file is behind a private folder', async () => {
    writeFileSync(join(home, 'preferences.md'), '');
    chmodSync(join(home, 'preferences.md'), 0o644);
    assert.equal((await checkRights([home])).severity, 'warning');
  });

  it('are an error if another user can read a file', async () => {
    chmodSync(home, 0o711);
    const { severity, found, fix } = await checkRights([home]);
    assert.equal(severity, 'error');
    assert.match(found, /can be read by other users/);
    assert.deepEqual(fix, [`chmod -R go-rwx ${home}`]);
  });
});

describe('space, socket and watch', () => {
  it('report a nearly full disk as a warning and a full one as an error', () => {
    const severity = (gib: number) => checkSpace(gib * 1024 ** 3, '/x').severity;
    assert.deepEqual([severity(50), severity(0.5), severity(0.05)], ['info', 'warning', 'error']);
  });

  it('find a short socket path for a home whose path is too long', () => {
    const deep = join(ground, 'a'.repeat(120));
    const { ok, found } = checkSocket(deep);
    assert.equal(ok, true);
    assert.match(found, /path of the home is too long/);
  });

  it('require the watcher only while a worker is alive', () => {
    const facts = { live: 1, queued: 0, watched: true, sound: true, enabled: true, running: 7, waiting: 0 };
    assert.equal(checkWatch(facts).ok, true);
    assert.equal(checkWatch({ ...facts, live: 0, watched: false, sound: true }).ok, true);
    assert.match(checkWatch({ ...facts, live: 0, queued: 2 }).found, /waits to start 2 queued workers/);
    assert.equal(checkWatch({ ...facts, live: 0, queued: 2, watched: false }).ok, false);
    assert.deepEqual(checkWatch({ ...facts, watched: false, running: null }).fix, ['agentpool sessions']);
    assert.match(checkWatch({ ...facts, watched: false }).found, /process 7 does not respond/);
    assert.match(checkWatch({ ...facts, waiting: 2 }).found, /keeps 2 events in memory/);
    assert.match(checkWatch({ ...facts, sound: false }).found, /terminal is gone/);
    assert.match(checkWatch({ ...facts, enabled: false }).found, /switched off/);
  });
});

describe('the index of token logs', () => {
  it('is a warning while it is damaged, and no finding before there is one', () => {
    const run = join(ground, 'run');
    mkdirSync(run);
    assert.deepEqual(checkTokenIndex({ run }), []);
    writeFileSync(join(run, 'tokens.sqlite'), 'no database');
    const [finding] = checkTokenIndex({ run });
    assert.deepEqual([finding?.severity, finding?.fix], ['warning', ['agentpool tokens']]);
    rmSync(join(run, 'tokens.sqlite'));
    new TokenIndex(join(run, 'tokens.sqlite')).close();
    assert.deepEqual(
      checkTokenIndex({ run }).map(({ ok }) => ok),
      [true],
    );
  });
});
