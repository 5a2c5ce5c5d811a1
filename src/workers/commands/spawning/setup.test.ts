import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { until } from '../../../lib/testing/until.ts';
import { Home, killed } from '../../testing/home.ts';
import { runSetup } from './setup.ts';

const inWorktree = ['--isolation', 'worktree', '--role', 'implementer', '--task', 'Fix the test'];

describe('a worktree that is prepared', () => {
  const home = new Home({ config: { workspace: { setup: ['echo from the config >config.txt'] } } });
  writeFileSync(join(home.repo, '.gitignore'), '.env\nbuilt/\n');
  writeFileSync(join(home.repo, '.worktreeinclude'), '.env\n');
  home.git('add', '--all');
  home.git('commit', '--quiet', '--message', 'lists');
  writeFileSync(join(home.repo, '.env'), 'A=1\n');

  it('has its files and its setup before the worker starts, and none of them counts as work', async () => {
    const token = `ghp_${'a1B2c3D4e5'.repeat(4)}`.slice(0, 40);
    const setup = ['cat .env', `echo ${token} >&2`, 'mkdir built && echo x >built/x', 'echo changed >>a.txt'];
    const words = setup.flatMap((command) => ['--setup', command]);
    const id = await home.spawn('fake-idle', ...inWorktree, ...words);
    await home.reaches(id, 'IDLE');
    const session = home.session(id);
    const tree = session.worktree_path ?? '';
    assert.equal(existsSync(join(tree, 'config.txt')), false);
    const collected = await home.json(['collect', id]);
    assert.deepEqual([collected.git.changed_files, collected.git.ignored_files], [[], []]);
    const [output] = collected.artifacts.filter(({ kind }: { kind: string }) => kind === 'setup');
    const printed = readFileSync(output.path, 'utf8');
    assert.match(printed, /^\$ cat \.env\nA=1\n\$ echo .*\n.*\n\$ mkdir/);
    assert.ok(!printed.includes(token));
    const [requested] = home.eventsOf('worker.spawn_requested', id);
    assert.equal(requested?.data.setup?.length, 4);
    await home.run(['terminate', id]);
    home.git('-C', tree, 'checkout', '--quiet', 'a.txt');
    assert.equal((await home.run(['worktrees', 'cleanup', id])).code, 0);
  });

  it('that fails refuses the spawn, and leaves only its output', async () => {
    home.configure([], { workspace: { setup: ['echo doing >.env; echo why; exit 3'] } });
    const { error } = await home.json(['spawn', '--provider', 'fake-idle', ...inWorktree]);
    assert.equal(error.code, 'SETUP_FAILED');
    assert.match(error.message, /ended with exit code 3\. .* It printed:\nwhy$/s);
    assert.match(readFileSync(error.details.output, 'utf8'), /^\$ echo doing.*\nwhy\n$/);
    assert.equal(home.git('worktree', 'list').split('\n').length, 1);
    assert.equal(home.git('branch', '--list', 'agentpool/*'), '');
    assert.equal(home.sessions().at(-1)?.state, 'FAILED');

    const shared = ['spawn', '--provider', 'fake-idle', '--task', 'Look', '--setup', 'true'];
    assert.equal(await home.refused(shared), 'INVALID_REQUEST');
  });

  it('has a time limit, which leaves no process', async () => {
    const output = join(home.ground, 'setup.txt');
    const env = { ...home.env, AGENTPOOL_SESSION_ID: 'ap_slow' };
    const setup = { commands: ['echo begun; sleep 600 & sleep 600'], cwd: home.ground, env, output };
    const isOver = () => false;
    await assert.rejects(runSetup({ ...setup, timeoutMs: 50, isOver }), {
      code: 'SETUP_FAILED',
      message: /did not end within 0\.05 seconds/,
    });
    assert.deepEqual(home.processesOf('ap_slow'), []);
  });

  it('is given up once its worker has ended, also where the command has begun since', async () => {
    const output = join(home.ground, 'setup-of-ended.txt');
    const env = { ...home.env, AGENTPOOL_SESSION_ID: 'ap_ended' };
    const setup = { commands: ['sleep 600 & sleep 600'], cwd: home.ground, env, output, timeoutMs: 600_000 };
    await assert.rejects(runSetup({ ...setup, isOver: () => true }), { code: 'SETUP_FAILED' });
    assert.deepEqual(home.processesOf('ap_ended'), []);
  });

  it('is removed with all its processes if the spawner is killed', async () => {
    const words = ['spawn', '--provider', 'fake-idle', ...inWorktree, '--setup', 'touch begun; sleep 600'];
    const spawner = home.start(words);
    const id = await until('the setup to run', () => {
      const last = existsSync(home.ledgerFile) ? home.sessions().at(-1) : undefined;
      return last?.worktree_path && existsSync(join(last.worktree_path, 'begun')) ? last.id : undefined;
    });
    await killed(spawner.pid ?? 0);
    await home.run(['sessions']);
    assert.equal(home.session(id).state, 'FAILED');
    assert.deepEqual(home.processesOf(id), []);
    assert.equal(home.git('worktree', 'list').split('\n').length, 1);
  });
});
