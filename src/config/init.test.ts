import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { AgentPoolError } from '../lib/errors.ts';
import { scratchFolder } from '../lib/testing/scratch.ts';
import { loadConfig, validateConfig } from './file/load.ts';
import { configTemplate } from './file/template.ts';
import { initHome } from './init.ts';
import { PROVIDER_IDS } from './provider-ids.ts';

const scratch = scratchFolder();
const now = new Date('2026-03-04T05:06:07Z');
const env = {};
const newHome = () => join(mkdtempSync(join(scratch, 'user-')), '.agentpool');
const mode = (path: string) => statSync(path).mode & 0o777;

describe('init', () => {
  it('creates a home that only its owner can access', async () => {
    const home = newHome();
    const made = await initHome(home, { now, env });
    assert.equal(made.changed, true);
    assert.equal(made.backup_path, null);
    assert.equal(made.preferences.changed, true);
    assert.deepEqual(made.providers, [...PROVIDER_IDS]);
    for (const folder of [home, join(home, 'artifacts'), join(home, 'run')])
      assert.equal(mode(folder), 0o700);
    for (const file of ['config.yaml', 'preferences.md']) assert.equal(mode(join(home, file)), 0o600);
  });

  it('writes a valid config', async () => {
    const home = newHome();
    const { config_path } = await initHome(home, { now, env });
    const { ok, warnings } = await validateConfig(config_path);
    assert.deepEqual([ok, warnings], [true, []]);
  });

  it('changes nothing the second time, whether forced or not', async () => {
    const home = newHome();
    await initHome(home, { now, env });
    for (const force of [false, true]) {
      const again = await initHome(home, { force, now, env });
      assert.deepEqual([again.changed, again.preferences.changed, again.backup_path], [false, false, null]);
    }
  });

  it('keeps the config and the permissions of an existing home', async () => {
    const home = newHome();
    mkdirSync(home);
    chmodSync(home, 0o750);
    writeFileSync(join(home, 'config.yaml'), 'providers: {opencode: {enabled: false}}\n');
    const made = await initHome(home, { now, env });
    assert.equal(made.changed, false);
    assert.match(made.reason, /already exists; --force/);
    assert.equal(made.providers.includes('opencode'), false);
    assert.equal(mode(home), 0o750);
  });

  it('with force backs up the config, even one that is not text', async () => {
    const home = newHome();
    mkdirSync(home);
    const old = Buffer.from([0xff, 0x00, 0x61]);
    writeFileSync(join(home, 'config.yaml'), old);
    const made = await initHome(home, { force: true, now, env });
    assert.equal(made.changed, true);
    assert.equal(made.backup_path, join(home, 'config.yaml.20260304T050607Z.bak'));
    assert.deepEqual(readFileSync(made.backup_path ?? ''), old);
    assert.equal(mode(made.backup_path ?? ''), 0o600);
    assert.equal((await loadConfig(home, env)).exists, true);
  });

  it('reports the problems of an existing config', async () => {
    const home = newHome();
    mkdirSync(home);
    writeFileSync(join(home, 'config.yaml'), 'policy: 5\n');
    const made = await initHome(home, { now, env });
    assert.match(made.warnings[0] ?? '', /config\.yaml:1:9: policy is 5/);
  });

  it('creates nothing in a dry run', async () => {
    const home = newHome();
    const dry = await initHome(home, { dryRun: true, now, env });
    assert.deepEqual([dry.changed, dry.would_write, dry.dry_run], [false, true, true]);
    assert.equal(existsSync(home), false);
  });

  it('follows a config that is a link', async () => {
    const home = newHome();
    mkdirSync(home);
    const dotfile = join(scratch, 'dotfile.yaml');
    writeFileSync(dotfile, 'version: 1\n');
    symlinkSync(dotfile, join(home, 'config.yaml'));
    await initHome(home, { force: true, now, env });
    assert.equal(lstatSync(join(home, 'config.yaml')).isSymbolicLink(), true);
    assert.equal(readFileSync(dotfile, 'utf8'), configTemplate());
  });

  it('writes the config to a given path', async () => {
    const home = newHome();
    const configPath = join(scratch, 'elsewhere', 'mine.yaml');
    const made = await initHome(home, { configPath, now, env });
    assert.equal(made.config_path, configPath);
    assert.equal(existsSync(configPath), true);
    assert.equal(readdirSync(home).includes('config.yaml'), false);
  });

  it('reports a file in place of the home', async () => {
    const home = newHome();
    writeFileSync(home, 'a file');
    await assert.rejects(initHome(home, { now, env }), (error) => {
      assert.ok(error instanceof AgentPoolError);
      assert.equal(error.code, 'CONFIG_NOT_WRITTEN');
      return true;
    });
    assert.equal(readFileSync(home, 'utf8'), 'a file');
  });
});
