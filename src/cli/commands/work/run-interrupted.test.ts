import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { packageRoot } from '../../../lib/package-root.ts';
import { until } from '../../../lib/testing/until.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import { Home, killed, saidBy } from '../../../workers/testing/home.ts';

/** A git that waits while the file `slow` exists, and then says so with the file `reached`. */
const slowGit = (folder: string) => `#!/bin/sh
if [ -e ${folder}/slow ]; then touch ${folder}/reached; while [ -e ${folder}/slow ]; do sleep 0.05; done; fi
PATH=\${PATH#*:} exec git "$@"
`;

const TASK = ['--task', 'Look for the parser'];

describe('agentpool run at Ctrl-C', () => {
  const home = new Home({
    agents: [{ id: 'hang', program: 'fake-hang' }],
    config: { policy: { max_parallel_sessions: 50 } },
  });
  const bin = join(home.ground, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'git'), slowGit(home.ground));
  chmodSync(join(bin, 'git'), 0o755);
  home.env.PATH = `${bin}:${home.env.PATH}`;
  const [slow, reached] = [join(home.ground, 'slow'), join(home.ground, 'reached')];

  const begin = (provider: string) => {
    rmSync(reached, { force: true });
    // A process group of its own, as a terminal gives every command.
    const child = spawn(
      process.execPath,
      [join(packageRoot(), 'dist', 'main.js'), 'run', '--provider', provider, ...TASK],
      { cwd: home.repo, env: home.env, stdio: ['pipe', 'pipe', 'pipe'], detached: true },
    );
    return { child, over: saidBy(child), group: -(child.pid ?? assert.fail('it was not started')) };
  };
  const newest = () => home.sessions().at(-1) ?? assert.fail('no session');

  it('during the spawn ends with 130 once the worker runs, and names it', async () => {
    writeFileSync(slow, '');
    const { child, over } = begin('fake-idle');
    await until('a git of the spawn', () => existsSync(reached));
    child.kill('SIGINT');
    rmSync(slow);
    const { code, stderr } = await over;
    assert.deepEqual([code, newest().alive], [130, 1]);
    assert.match(stderr, new RegExp(`${newest().id} keeps running`));
    await home.run(['terminate', newest().id]);
  });

  it('during the spawn, with every program of it as in a terminal, leaves no worker', async () => {
    writeFileSync(slow, '');
    const { over, group } = begin('fake-idle');
    await until('a git of the spawn', () => existsSync(reached));
    const before = home.sessions().length;
    process.kill(group, 'SIGINT');
    rmSync(slow);
    const { code, stderr } = await over;
    assert.equal(code, 130, stderr);
    assert.match(stderr, /Interrupted before the worker ran|keeps running/);
    const live = home.sessions().filter(({ alive }) => alive);
    assert.deepEqual(
      home.tmuxSessions(),
      live.map(({ tmux_session }) => tmux_session),
    );
    assert.ok(home.sessions().length <= before + 1);
    for (const { id } of live) await home.run(['terminate', id]);
  });

  it('while the work is collected ends with 130, and says how to collect it', async () => {
    const { child, over } = begin('hang');
    // Every git of the spawn has ended by now.
    const { id, pane_pid } = await until('the worker', () => home.sessions().find(isHanging));
    writeFileSync(slow, '');
    await killed(pane_pid ?? assert.fail('it does not run'));
    await until('a git of the collection', () => existsSync(reached));
    child.kill('SIGINT');
    const { code, stderr } = await over;
    rmSync(slow);
    assert.equal(code, 130, stderr);
    assert.match(stderr, new RegExp(`${id} has ended its turn.*not collected`));
    assert.match(stderr, new RegExp(`agentpool collect ${id}`));
    assert.equal((await home.json(['collect', id])).session_id, id);
  });
});

const isHanging = ({ provider_id, alive, pane_pid }: SessionRow) =>
  provider_id === 'hang' && alive === 1 && pane_pid !== null;
