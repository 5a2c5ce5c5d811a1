import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { paths } from '../config/paths.ts';
import { temporaryFolder } from '../lib/testing/processes.ts';
import { versionOptions } from './version-options.ts';

const HELP = `Usage: codex [OPTIONS] [PROMPT]

Options:
  -c, --config <key=value>
          Override a value, not --no-daemon
      --no-daemon
          Run without the shared background server, even if it is already running
`;

describe('the options that a version of a program has', () => {
  const folder = temporaryFolder();
  const place = { paths: paths(join(folder, 'home')), env: { PATH: process.env.PATH } };
  const asked = join(folder, 'asked');
  const program = (name: string, script: string): string => {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\necho asked >>'${asked}'\n${script}\n`, { mode: 0o755 });
    return path;
  };
  const timesAsked = () => (existsSync(asked) ? readFileSync(asked, 'utf8').split('\n').length - 1 : 0);

  it('are read from its help, once for each state of its file', async () => {
    const newer = program('newer', `cat <<'HELP'\n${HELP}HELP`);
    const before = timesAsked();
    for (let time = 0; time < 3; time++)
      assert.deepEqual(
        [...(await versionOptions([newer], ['--no-daemon', '--other'], place))],
        ['--no-daemon'],
      );
    assert.equal(timesAsked() - before, 1);
    appendFileSync(newer, '# an update\n');
    await versionOptions([newer], ['--no-daemon'], place);
    assert.equal(timesAsked() - before, 2);
  });

  it('are none where the help names them only in passing', async () => {
    const older = program(
      'older',
      `cat <<'HELP'\n${HELP.replace('      --no-daemon', '      --daemon')}HELP`,
    );
    assert.deepEqual([...(await versionOptions([older], ['--no-daemon'], place))], []);
  });

  it('are none, and not kept, where it does not answer', async () => {
    const broken = program('broken', 'exit 1');
    const before = timesAsked();
    for (let time = 0; time < 2; time++)
      assert.deepEqual([...(await versionOptions([broken], ['--no-daemon'], place))], []);
    assert.equal(timesAsked() - before, 2);
    assert.deepEqual([...(await versionOptions([join(folder, 'none')], ['--no-daemon'], place))], []);
  });

  it('cost nothing for an agent that asks for none', async () => {
    const before = timesAsked();
    await versionOptions([program('never', 'exit 0')], [], place);
    assert.equal(timesAsked(), before);
  });
});
