import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { defaultConfig } from '../config/file/defaults.ts';
import { paths } from '../config/paths.ts';
import { temporaryFolder } from '../lib/testing/processes.ts';
import { detectAgents, detectedLately } from './cached-detection.ts';
import { lastDetected } from './last-detected.ts';

const ground = temporaryFolder();
const bin = join(ground, 'bin');
const calls = join(ground, 'calls');
const home = join(ground, 'home');
const program = join(bin, 'codex');

const config = defaultConfig();
for (const [id, provider] of Object.entries(config.providers)) provider.enabled = id === 'codex-cli';
const place = { config, paths: paths(home), env: { PATH: `${bin}:/usr/bin:/bin`, HOME: ground } };

function install(version: string): void {
  mkdirSync(bin, { recursive: true });
  rmSync(program, { force: true });
  writeFileSync(program, `#!/bin/sh\necho "$*" >> ${calls}\necho "codex-cli ${version}"\n`);
  chmodSync(program, 0o755);
}

const detect = async () => (await detectAgents(place)).find(({ id }) => id === 'codex-cli');
const asked = () =>
  readFileSync(calls, 'utf8')
    .split('\n')
    .filter((line) => line === '--version').length;

describe('a program that was looked at before', () => {
  it('makes no home where there is none', async () => {
    install('1.0.0');
    assert.equal((await detect())?.version, '1.0.0');
    assert.equal(existsSync(home), false);
    assert.deepEqual(lastDetected(place), []);
  });

  it('is not asked for its version again until it is another file', async () => {
    mkdirSync(home, { mode: 0o700 });
    const before = asked();
    assert.equal((await detect())?.version, '1.0.0');
    assert.equal((await detect())?.version, '1.0.0');
    assert.equal(asked(), before + 1);
    install('1.2.0');
    assert.equal((await detect())?.version, '1.2.0');
  });

  it('is known without looking, as long as it is there', async () => {
    const before = readFileSync(calls, 'utf8');
    await detectedLately(place, 60_000);
    assert.equal(readFileSync(calls, 'utf8'), before);
    await detectedLately({ ...place, env: { ...place.env, PATH: bin } }, 60_000);
    assert.notEqual(readFileSync(calls, 'utf8'), before);
    await detectedLately(place, 60_000);
    assert.equal(lastDetected(place).find(({ id }) => id === 'codex-cli')?.version, '1.2.0');
    rmSync(program);
    assert.equal(
      lastDetected(place).some(({ id }) => id === 'codex-cli'),
      false,
    );
  });
});
