import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { identity, isAlive } from '../../../lib/process/processes.ts';
import { until } from '../../../lib/testing/until.ts';
import { openApp } from '../../core/context.ts';
import { Home, killed } from '../../testing/home.ts';
import { gitIn } from '../../testing/repository.ts';
import { findOrphans, orphanFinding, type Repair, repairOrphans } from './orphans.ts';

const home = new Home({
  agents: [
    { id: 'stubborn', program: 'fake-stubborn' },
    { id: 'children', program: 'fake-children' },
  ],
});
const isLinux = process.platform === 'linux';

interface Diagnosis {
  findings: { check: string; found: string; fix: string[] }[];
  repairs?: Repair[];
}

/** What `doctor --deep` and `doctor --fix` do, without the other checks. */
async function doctor(how: 'deep' | 'fix' | 'dry run'): Promise<Diagnosis> {
  const app = await openApp(home.env, 'test');
  try {
    const orphans = await findOrphans(app);
    if (how === 'deep') return { findings: orphans.map(orphanFinding) };
    const repairs = await repairOrphans(orphans, { dryRun: how === 'dry run' });
    return { repairs, findings: (await findOrphans(app)).map(orphanFinding) };
  } finally {
    app.ledger.close();
  }
}
const about = ({ findings }: Diagnosis, text: string) => findings.filter(({ found }) => found.includes(text));

/** A process that has left everything behind by which a worker's processes are known, as `env -i setsid` makes it. */
async function stray(cwd: string): Promise<number> {
  const shell = `env -i setsid sh -c 'trap "" HUP TERM; echo $$; exec sleep 300 >/dev/null 2>&1 </dev/null' &`;
  const child = spawn('sh', ['-c', shell], { cwd, stdio: ['ignore', 'pipe', 'ignore'] });
  const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  const pid = Number(line);
  after(() => killed(pid));
  return pid;
}

const isRunning = (pid: number) => identity(pid) !== null;

describe('what a worker leaves running', () => {
  it('without environment and terminal, in its worktree, ends with it', { skip: !isLinux }, async () => {
    const id = await home.spawn('stubborn', '--isolation', 'worktree');
    const { worktree_path } = home.session(id);
    const [inside, outside] = await Promise.all([stray(worktree_path ?? ''), stray(home.repo)]);
    await home.run(['terminate', id]);
    await until('the end of the stray process', () => !isRunning(inside));
    assert.ok(isRunning(outside), 'a process that is not surely of the worker was ended');
    await killed(outside);
  });

  it('without environment, in the repository of its user, ends with it', { skip: !isLinux }, async () => {
    const other = new Home();
    const file = join(other.ground, 'stray');
    const strays = `env -i setsid sh -c 'echo $$ >${file}; exec sleep 300' >/dev/null 2>&1 </dev/null &`;
    // Asked for its version, it starts nothing.
    const command = ['sh', '-c', `[ -n "$AGENTPOOL_SESSION_ID" ] || exit 0; ${strays} exec cat`];
    other.configure([], { providers: { 'codex-cli': { command } } });
    const id = await other.spawn('codex-cli', '--initial-prompt-mode', 'arg');
    const pid = await until('its process', () => existsSync(file) && Number(readFileSync(file, 'utf8')));
    after(() => killed(pid));
    await other.run(['terminate', id]);
    await until('the end of the stray process', () => !isRunning(pid));
  });

  it('is found and ended by doctor after it is lost', async () => {
    const id = await home.spawn('children', '--isolation', 'worktree');
    const { server_pid, worktree_path } = home.session(id);
    // The agent, and three that do not end with its terminal.
    await until('its children', () => home.processesOf(id).length >= 4);
    await home.run(['watcher', 'stop']);
    const left = isLinux ? await stray(worktree_path ?? '') : null;
    await killed(server_pid ?? 0);
    await home.run(['sessions']);
    await home.ends(id);
    assert.ok(home.processesOf(id).length > 0, 'its children outlive its terminal');

    const found = about(await doctor('deep'), id);
    assert.match(found[0]?.found ?? '', /has ended \(LOST\), but .* still run/);
    assert.deepEqual(found[0]?.fix[0], 'agentpool doctor --fix');
    const [would] = (await doctor('dry run')).repairs ?? [];
    assert.equal(would?.dry_run, true);
    assert.ok(home.processesOf(id).length > 0);

    const { repairs = [], findings } = await doctor('fix');
    assert.ok(repairs.some((repair) => repair.found.includes(id) && repair.next));
    assert.deepEqual(about({ findings }, id), []);
    assert.deepEqual(home.processesOf(id), []);
    assert.equal(home.session(id).state, 'LOST');
    if (left !== null) assert.equal(isRunning(left), false);
  });

  it('is found after the ledger was replaced by an older one', async () => {
    const backup = join(home.ground, 'backup.sqlite');
    await home.run(['ledger', 'backup', backup, '--force']);
    const id = await home.spawn('stubborn');
    const agent = identity(home.session(id).pane_pid ?? 0);
    await home.run(['watcher', 'stop']);
    for (const suffix of ['-wal', '-shm']) rmSync(home.ledgerFile + suffix, { force: true });
    copyFileSync(backup, home.ledgerFile);
    assert.ok(agent);

    const [found] = about(await home.json(['doctor', '--deep']), id);
    assert.match(found?.found ?? '', /runs \(pid.*\), but the ledger does not know it/);
    assert.match(found?.fix[1] ?? '', /^tmux .*attach/);
    const { repairs = [], findings }: Diagnosis = await home.json(['doctor', '--fix']);
    assert.match(repairs.find((repair) => repair.found.includes(id))?.done ?? '', /its files in .* stay/);
    assert.deepEqual(about({ findings }, id), []);
    assert.equal(isAlive(agent), false);
    assert.ok(existsSync(join(home.folder, 'artifacts', id)));
  });
});

describe('what a worker leaves on the disk', () => {
  it('is a worktree without its .git, or with another: it is linked again and can be cleaned up', async () => {
    for (const makesAnother of [false, true]) {
      const id = await home.spawn('fake-completed', '--isolation', 'worktree');
      await home.run(['terminate', id]);
      const worktree = home.session(id).worktree_path ?? '';
      rmSync(join(worktree, '.git'));
      if (makesAnother) gitIn(worktree, home.env, 'init', '-q', '-b', 'main');
      assert.equal(await home.refused(['worktrees', 'cleanup', id]), 'WORKTREE_DIRTY');
      assert.equal(about(await doctor('deep'), worktree).length, 1);
      const { repairs = [], findings } = await doctor('fix');
      assert.deepEqual(about({ findings }, worktree), []);
      assert.ok(repairs.some(({ next }) => next?.includes(makesAnother ? 'mv ' : 'cleanup')));
      const { code, stderr } = await home.run(['worktrees', 'cleanup', id]);
      assert.equal(code, 0, stderr);
      assert.equal(existsSync(worktree), false);
      if (makesAnother) assert.ok(existsSync(join(`${worktree}.git-of-worker`, 'HEAD')));
    }
  });

  it('is a private git folder of a killed command', async () => {
    const gone = spawn('true');
    await once(gone, 'close');
    const artifacts = join(home.folder, 'artifacts', 'ap_killed2345');
    const folder = join(artifacts, `agentpool-git-${gone.pid}-x`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'secret'), 'unredacted');
    assert.equal(about(await doctor('deep'), folder).length, 1);
    await doctor('dry run');
    assert.ok(existsSync(folder));
    await doctor('fix');
    assert.equal(existsSync(folder), false);
    rmSync(artifacts, { recursive: true });
  });
});
