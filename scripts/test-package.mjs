// Tests what a user gets: packs the package, installs the tarball with scripts/install.sh into an empty folder, runs
// the main job with it and removes it again. Downloads or compiles better-sqlite3, up to a minute, so it is not part of `npm test`.
//   npm run test:package
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';

const scratch = mkdtempSync(join(tmpdir(), 'agentpool-package-'));
const prefix = join(scratch, 'prefix');
const project = join(scratch, 'project');
const env = { ...process.env, HOME: join(scratch, 'home'), AGENTPOOL_HOME: join(scratch, 'home', 'pool') };
for (const folder of [prefix, project, env.HOME]) mkdirSync(folder, { recursive: true });

const run = (program, args, cwd = process.cwd()) =>
  execFileSync(program, args, { cwd, env, encoding: 'utf8' });
const agentpool = (...args) => run(join(prefix, 'bin', 'agentpool'), args, project);

describe('the packed package', () => {
  after(() => rmSync(scratch, { recursive: true, force: true }));

  it('contains what it needs and nothing of its development', () => {
    const [{ filename, files }] = JSON.parse(
      run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', scratch]),
    );
    const paths = files.map(({ path }) => path);
    const skill = 'skills/agentpool/SKILL.md';
    for (const needed of [
      'dist/main.js',
      'dist/replay-page.json',
      'README.md',
      'LICENSE',
      'CHANGELOG.md',
      skill,
      'docs/setup/codex.md',
    ])
      assert.ok(paths.includes(needed), needed);
    assert.deepEqual(
      paths.filter((path) => /^(src|bench|scripts|\.)|\.test\.|\.ts$/.test(path)),
      [],
    );
    const tarball = join(scratch, filename);
    const sum = createHash('sha256').update(readFileSync(tarball)).digest('hex');
    assert.throws(() => run('bash', ['scripts/install.sh', tarball, '--sha256', '0', '--prefix', prefix]));
    run('bash', ['scripts/install.sh', tarball, '--sha256', sum, '--prefix', prefix]);
  });

  it('does the main job in an empty folder', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
    assert.equal(agentpool('--version').trim(), version);
    assert.match(agentpool('skills', 'get'), new RegExp(`version: "${version}"`));
    const { session_id } = JSON.parse(
      agentpool('spawn', '--provider', 'fake-question', '--task', 'Plan the next step', '--json'),
    );
    const seen = (waitFor) =>
      JSON.parse(agentpool('observe', session_id, '--wait-for', waitFor, '--timeout', '60', '--json')).event;
    assert.equal(seen('question'), 'question');
    agentpool('send', session_id, 'the migrations first');
    assert.equal(seen('completed'), 'completed');
    assert.ok(JSON.parse(agentpool('collect', session_id, '--json')).artifacts.length > 0);
    agentpool('terminate', session_id);
    assert.match(agentpool('replay', session_id, '--verify'), /all is as it was recorded/);
    assert.match(agentpool('replay', session_id, '--html', '-'), /id="recording-0">/);
    agentpool('watcher', 'stop');
  });

  it('shows how to compile better-sqlite3 when it is missing, as after a change of Node', () => {
    const installed = join(prefix, 'lib', 'node_modules', 'agentpool');
    rmSync(join(installed, 'node_modules', 'better-sqlite3', 'build'), { recursive: true });
    const rebuild = `npm rebuild --prefix ${installed} better-sqlite3`;
    const printed = (...words) => {
      const options = { cwd: project, env, encoding: 'utf8' };
      const { stdout, status } = spawnSync(join(prefix, 'bin', 'agentpool'), [...words, '--json'], options);
      assert.equal(status, 1);
      return JSON.parse(stdout);
    };
    for (const command of ['sessions', 'usage-summary']) {
      const { error } = printed(command);
      assert.equal(error.code, 'SQLITE_NOT_BUILT');
      assert.equal(error.details.example, rebuild);
    }
    const { findings } = printed('doctor');
    const ledger = findings.find(({ check }) => check === 'ledger');
    assert.deepEqual(ledger.fix, [rebuild], 'doctor goes on with its other checks');
  });

  it('is removed, and leaves the ledger', () => {
    run('bash', ['scripts/install.sh', '--uninstall', '--prefix', prefix]);
    assert.equal(existsSync(join(prefix, 'bin', 'agentpool')), false);
    assert.ok(existsSync(env.AGENTPOOL_HOME));
  });
});
