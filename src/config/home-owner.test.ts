import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Home } from '../workers/testing/home.ts';

const isRoot = process.geteuid?.() === 0;
const SOMEBODY = 65534;

describe('root in the home of another user', { skip: !isRoot && 'needs root' }, () => {
  const home = new Home({ wholeProcesses: true });
  mkdirSync(home.folder, { recursive: true, mode: 0o700 });
  chownSync(home.folder, SOMEBODY, SOMEBODY);

  it('makes nothing there, whatever it runs', async () => {
    for (const words of [
      ['sessions'],
      ['status'],
      ['init'],
      ['usage-summary'],
      ['models'],
      ['watcher', 'status'],
    ])
      assert.equal(await home.refused(words), 'HOME_OF_ANOTHER', words.join(' '));
    const missing = { env: { AGENTPOOL_HOME: join(home.folder, 'deep', 'home') } };
    assert.equal(await home.refused(['sessions'], missing), 'HOME_OF_ANOTHER');
    const { ok, findings } = await home.json(['doctor']);
    assert.equal(ok, false);
    assert.match(findings.find(({ check }: { check: string }) => check === 'home').found, /this is root/);
    assert.deepEqual(readdirSync(home.folder), []);
  });

  it('is named by the doctor of that user, with the file that it has left', () => {
    for (const folder of [home.ground, home.repo]) chmodSync(folder, 0o755);
    writeFileSync(home.ledgerFile, '', { mode: 0o600 });
    const main = join(import.meta.dirname, '..', '..', 'dist', 'main.js');
    const said = doctorOf(home, main);
    assert.match(said, /ledger\.sqlite belongs to root/);
    assert.match(said, /sudo chown -R/);
    assert.doesNotMatch(said, /INTERNAL_ERROR/);
    assert.equal(statSync(home.ledgerFile).uid, 0);
  });
});

/** What `agentpool doctor` prints for the owner of the home. */
function doctorOf({ env, repo }: Home, main: string): string {
  const script = `process.setgid(${SOMEBODY}); process.setuid(${SOMEBODY}); require(process.argv[1])`;
  const words = ['-e', script, main, 'doctor', '--json'];
  try {
    return execFileSync(process.execPath, words, { env, cwd: repo, encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return `${stdout}${stderr}`;
  }
}
