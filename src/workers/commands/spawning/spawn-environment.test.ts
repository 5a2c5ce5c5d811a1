import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { until } from '../../../lib/testing/until.ts';
import { main } from '../../testing/command-line.ts';
import { Home } from '../../testing/home.ts';
import { Witness, witnessAgent } from '../../testing/witness.ts';

describe('the environment of a spawned worker', () => {
  const home = new Home({
    agents: [witnessAgent, { id: 'committer', program: 'fake-patch' }],
    config: { policy: { max_parallel_sessions: 50 } },
  });

  it('has nothing of the git hook that spawns it, so that its git finds its own repository', async () => {
    const witness = new Witness(home);
    const words = `spawn --provider witness --isolation worktree --role implementer --task Look`;
    const hook = join(home.repo, '.git', 'hooks', 'pre-commit');
    mkdirSync(join(home.repo, '.git', 'hooks'), { recursive: true });
    writeFileSync(
      hook,
      `#!/bin/sh\nenv >"${home.ground}/hook-env"\n'${process.execPath}' '${main}' ${words} >"${home.ground}/hook-out" 2>&1\n`,
      { mode: 0o755 },
    );
    Object.assign(home.env, witness.env);
    writeFileSync(join(home.repo, 'b.txt'), 'b\n');
    home.git('add', 'b.txt');
    home.git('-c', 'user.name=Hook', 'commit', '--quiet', '-m', 'second');
    const { env, cwd } = await witness.seen();
    assert.notEqual(cwd, home.repo);
    assert.deepEqual(
      Object.keys(env).filter((name) =>
        /^GIT_(?!CONFIG_NOSYSTEM$|AUTHOR_(NAME|EMAIL)$|EDITOR$|EXEC_PATH$)/.test(name),
      ),
      [],
    );
  });

  it('has the account and the cloud that the caller chose, and no session of the caller', async () => {
    const witness = new Witness(home);
    const chosen = {
      CLAUDE_CONFIG_DIR: '/accounts/work',
      CLAUDE_CODE_OAUTH_TOKEN: 't',
      CLAUDE_CODE_USE_BEDROCK: '1',
    };
    const env = { ...witness.env, ...chosen, CLAUDECODE: '1', CODEX_THREAD_ID: 'x', GIT_PREFIX: 'src/' };
    await home.json(['spawn', '--provider', 'witness', '--task', 'Look'], { env });
    const seen = (await witness.seen()).env;
    for (const [name, value] of Object.entries(chosen)) assert.equal(seen[name], value);
    for (const name of ['CLAUDECODE', 'CODEX_THREAD_ID', 'GIT_PREFIX']) assert.equal(seen[name], undefined);
  });

  it('has the folder of its program on a PATH that lacks it', async () => {
    const bin = join(home.ground, 'user', '.nvm', 'versions', 'node', 'v24.1.0', 'bin');
    mkdirSync(bin, { recursive: true });
    // A `node` that only this folder has.
    symlinkSync(process.execPath, join(bin, 'agentnode'));
    const started = join(home.ground, 'started');
    writeFileSync(
      join(bin, 'codex'),
      `#!/usr/bin/env agentnode
const args = process.argv.slice(2);
if (args.includes('--help')) console.log('      --no-daemon');
else { require('fs').writeFileSync('${started}', JSON.stringify(args)); setTimeout(() => {}, 1e8); }
`,
      { mode: 0o755 },
    );
    const id = await home.spawn('codex-cli');
    const args = await until('the agent', () => existsSync(started) && readFileSync(started, 'utf8'));
    assert.ok(JSON.parse(args).includes('--no-daemon'));
    await home.json(['terminate', id]);
  });
});
