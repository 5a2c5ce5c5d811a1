import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { configFile, homeFolder, paths, userPath } from './paths.ts';

describe('the home folder', () => {
  it('is ~/.agentpool by default', () => {
    assert.equal(homeFolder({ HOME: '/home/ada' }), '/home/ada/.agentpool');
    assert.equal(homeFolder({}), join(homedir(), '.agentpool'));
    assert.equal(homeFolder({ HOME: '/home/ada', AGENTPOOL_HOME: '  ' }), '/home/ada/.agentpool');
  });

  it('is AGENTPOOL_HOME if set, made absolute', () => {
    assert.equal(homeFolder({ AGENTPOOL_HOME: '/srv/pool' }), '/srv/pool');
    assert.equal(homeFolder({ HOME: '/home/ada', AGENTPOOL_HOME: '~/pool' }), '/home/ada/pool');
    assert.equal(homeFolder({ AGENTPOOL_HOME: 'pool' }), join(process.cwd(), 'pool'));
  });
});

describe('the paths of a home', () => {
  it('are all inside it', () => {
    for (const path of Object.values(paths('/srv/pool'))) assert.ok(path.startsWith('/srv/pool'));
  });

  it('follow the storage of the config', () => {
    const moved = paths('/srv/pool', { db_path: '/var/ledger.sqlite', artifact_root: 'things' });
    assert.equal(moved.ledger, '/var/ledger.sqlite');
    assert.equal(moved.artifacts, '/srv/pool/things');
    assert.equal(moved.config, '/srv/pool/config.yaml');
  });

  it('take another config file from AGENTPOOL_CONFIG', () => {
    assert.equal(configFile('/srv/pool', {}), '/srv/pool/config.yaml');
    assert.equal(
      configFile('/srv/pool', { HOME: '/home/ada', AGENTPOOL_CONFIG: '~/a.yaml' }),
      '/home/ada/a.yaml',
    );
  });

  it('expand a tilde only where it means the home', () => {
    const env = { HOME: '/home/ada' };
    assert.equal(userPath('~', '/base', env), '/home/ada');
    assert.equal(userPath('~/x', '/base', env), '/home/ada/x');
    assert.equal(userPath('~x', '/base', env), '/base/~x');
    assert.equal(userPath('/x', '/base', env), '/x');
  });
});
