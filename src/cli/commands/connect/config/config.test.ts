import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Home } from '../../../../workers/testing/home.ts';

describe('the config commands', () => {
  const home = new Home();
  const file = join(home.folder, 'config.yaml');

  it('name the effective file, whether it exists or not', async () => {
    assert.deepEqual(await home.json(['config', 'path']), { path: file, exists: false });
    assert.equal((await home.run(['config', 'path'])).stdout, `${file}\n`);
    const named = { env: { AGENTPOOL_CONFIG: '~/mine.yaml' } };
    assert.equal((await home.json(['config', 'path'], named)).path, join(String(home.env.HOME), 'mine.yaml'));
  });

  it('resolve --path against the working directory of the caller', async () => {
    assert.equal((await home.json(['config', 'path', '--path', 'x.yaml'])).path, join(home.repo, 'x.yaml'));
    const missing = await home.run(['config', 'validate', '--path', 'x.yaml']);
    assert.equal(missing.code, 1);
    assert.match(missing.stdout, /does not exist/);
  });

  it('report an error with its line, and exit 1', async () => {
    const draft = join(home.ground, 'draft.yaml');
    writeFileSync(draft, 'version: 1\npolicy:\n  max_parallel_sessions: many\n');
    const { code, stdout } = await home.run(['config', 'validate', '--path', draft]);
    assert.equal(code, 1);
    assert.match(stdout, /draft\.yaml:3:.*max_parallel_sessions/);
    const report = await home.json(['config', 'validate', '--path', draft]);
    assert.deepEqual([report.ok, report.errors.length, report.warnings], [false, 1, []]);
    const { error } = await home.json(['config', 'print', '--path', draft]);
    assert.equal(error.code, 'CONFIG_INVALID');
  });

  it('print every effective value as YAML that can be loaded again', async () => {
    const mine = join(home.ground, 'mine.yaml');
    writeFileSync(mine, 'version: 1\npolicy: {max_parallel_sessions: 7}\n');
    const { stdout } = await home.run(['config', 'print', '--path', mine]);
    assert.match(stdout, /max_parallel_sessions: 7/);
    const printed = join(home.ground, 'printed.yaml');
    writeFileSync(printed, stdout);
    assert.deepEqual(
      await home.json(['config', 'print', '--path', printed]),
      await home.json(['config', 'print', '--path', mine]),
    );
  });
});

describe('init', () => {
  const home = new Home();
  const file = join(home.folder, 'config.yaml');

  it('writes nothing on a dry run', async () => {
    const planned = await home.json(['init', '--dry-run']);
    assert.deepEqual([planned.changed, planned.would_write, planned.dry_run], [false, true, true]);
    assert.throws(() => statSync(file));
  });

  it('writes a config and preferences for the user alone, once', async () => {
    const { code, stdout } = await home.run(['init']);
    assert.equal(code, 0);
    assert.match(stdout, /config\.yaml\n {2}wrote the default config/);
    assert.deepEqual([statSync(home.folder).mode & 0o777, statSync(file).mode & 0o777], [0o700, 0o600]);
    const again = await home.json(['init']);
    assert.deepEqual([again.changed, again.backup_path, again.preferences.changed], [false, null, false]);
  });

  it('replaces existing files only when forced, and keeps a copy', async () => {
    writeFileSync(file, '# mine\nversion: 1\n');
    assert.equal((await home.json(['init'])).changed, false);
    const forced = await home.json(['init', '--yes']);
    assert.equal(forced.changed, true);
    assert.equal(readFileSync(forced.backup_path, 'utf8'), '# mine\nversion: 1\n');
  });
});

describe('preferences', () => {
  const home = new Home();

  it('show what agents read before a file exists, and print that note separately', async () => {
    const { stdout, stderr } = await home.run(['preferences']);
    assert.match(stdout, /^# AgentPool preferences\n/);
    assert.match(stderr, /written nothing yet/);
    const shown = await home.json(['preferences', 'show']);
    assert.deepEqual([shown.exists, shown.using_default_template], [false, true]);
  });

  it('are written by init, and then show the edits of the user', async () => {
    const written = await home.json(['preferences', 'init']);
    assert.deepEqual([written.changed, written.exists], [true, true]);
    writeFileSync(written.path, '- Never on Fridays.\n');
    assert.equal((await home.run(['preferences'])).stdout, '- Never on Fridays.\n');
    assert.equal((await home.run(['preferences', 'path'])).stdout, `${written.path}\n`);
    const planned = await home.json(['preferences', 'init', '--force', '--dry-run']);
    assert.deepEqual([planned.would_write, planned.would_backup, planned.changed], [true, true, false]);
  });

  it('know three words and no other', async () => {
    const { code, stderr } = await home.run(['preferences', 'edit']);
    assert.equal(code, 2);
    assert.match(stderr, /show.*init.*path/);
  });
});
