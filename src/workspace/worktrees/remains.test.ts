import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { bundled } from '../../lib/testing/processes.ts';
import { until } from '../../lib/testing/until.ts';
import { gitError } from '../git/call.ts';
import { commitAll, emptyRepository, folder, repositoryWith, run, write } from '../testing/repository.ts';
import { planned } from '../testing/worktree.ts';
import { retryDuringCreation } from './remains.ts';
import { undoWorktree } from './removal.ts';
import { createWorktree, type WorktreePlan, worktreeAdd } from './worktrees.ts';

const exited = (child: ChildProcess) =>
  new Promise((done) =>
    (child.exitCode ?? child.signalCode) === null ? child.once('exit', done) : done(null),
  );

/** Ends a git with its hook. */
const endGroup = ({ pid = 0 }: ChildProcess, signal: NodeJS.Signals) => process.kill(-pid, signal);

/** A checkout of these takes long enough to be killed in the middle. */
function manyFiles(): string {
  const repo = emptyRepository('many');
  for (let n = 0; n < 1500; n += 1) write(repo, `d${n % 40}/f${n}.txt`, `content ${n}\n`.repeat(20));
  commitAll(repo, 'many');
  return repo;
}

function assertNothingLeft(repo: string, plan: WorktreePlan): void {
  assert.equal(existsSync(dirname(plan.path)), false, 'the folder is gone');
  const entries = existsSync(join(repo, '.git/worktrees')) ? readdirSync(join(repo, '.git/worktrees')) : [];
  assert.deepEqual(entries, [], 'no registration is left');
  assert.equal(run(repo, 'worktree', 'prune', '--dry-run', '--verbose'), '');
  assert.equal(run(repo, 'worktree', 'list', '--porcelain').match(/^worktree /gm)?.length, 1);
  assert.equal(run(repo, 'for-each-ref', '--format=%(refname)'), 'refs/heads/main');
  for (const place of ['refs/heads/agentpool', 'logs/refs/heads/agentpool']) {
    assert.equal(existsSync(join(repo, '.git', place)), false, `${place} is gone`);
  }
  const files = readdirSync(join(repo, '.git'), { recursive: true }).map(String);
  assert.deepEqual(
    files.filter((file) => file.endsWith('.lock')),
    [],
    'no lock is left',
  );
  assert.equal(run(repo, 'status', '--porcelain'), '');
}

describe('undoing a worktree', () => {
  it('does nothing when nothing was created', async () => {
    const repo = repositoryWith({ a: '1' });
    const plan = await planned(repo);
    assert.equal((await undoWorktree(plan)).removed, false);
    assertNothingLeft(repo, plan);
  });

  it('removes a finished one without work in it, and can be repeated', async () => {
    const repo = repositoryWith({ a: '1' });
    const plan = await planned(repo);
    await createWorktree(plan);
    assert.equal((await undoWorktree(plan)).removed, true);
    assert.equal((await undoWorktree(plan)).removed, false);
    assertNothingLeft(repo, plan);
  });

  it('removes what a git leaves that is killed at any moment', async () => {
    const repo = repositoryWith({ a: '1' });
    for (let round = 0; round < 12; round += 1) {
      const plan = await planned(repo);
      const child = spawn('git', worktreeAdd(plan), { cwd: repo, stdio: 'ignore' });
      await pause(Math.random() * 60);
      child.kill('SIGKILL');
      await exited(child);
      const undone = await undoWorktree(plan);
      assert.equal(undone.branch_kept, false, undone.reason);
      assertNothingLeft(repo, plan);
    }
  });

  it('stops the git of a creator that was killed alone, and removes what it made', async () => {
    const repo = manyFiles();
    const module = bundled(join(import.meta.dirname, 'worktrees.ts'));
    for (let round = 0; round < 3; round += 1) {
      const plan = await planned(repo);
      const code = `require(${JSON.stringify(module)}).createWorktree(${JSON.stringify(plan)})`;
      const maker = spawn(process.execPath, ['-e', code], { stdio: 'ignore' });
      await until(
        'git has started',
        () =>
          existsSync(join(repo, '.git/worktrees')) && readdirSync(join(repo, '.git/worktrees')).length > 0,
      );
      await pause(Math.random() * 20);
      maker.kill('SIGKILL');
      await exited(maker);
      await undoWorktree(plan);
      assertNothingLeft(repo, plan);
      // A git that was missed would create its files again now.
      await pause(100);
      assertNothingLeft(repo, plan);
    }
  });

  it('removes one that was killed in the middle of its checkout', async () => {
    const repo = repositoryWith({ a: '1', b: '1' });
    const plan = await planned(repo);
    run(repo, ...worktreeAdd(plan));
    // Git writes the files before it renames its new index into place.
    write(plan.path, 'a', '1');
    writeFileSync(join(repo, '.git/worktrees', `repo-${plan.branch.split('/')[2]}`, 'index.lock'), 'half');
    assert.equal((await undoWorktree(plan)).removed, true);
    assertNothingLeft(repo, plan);
  });

  /** A repository with a git that creates the plan's worktree, or the one that `plan` is copied to, and never ends. */
  async function heldUp(
    copied?: WorktreePlan,
  ): Promise<{ repo: string; plan: WorktreePlan; child: ChildProcess }> {
    const repo = repositoryWith({ a: '1' });
    const started = join(folder(), 'begun');
    write(repo, '.git/hooks/post-checkout', `#!/bin/sh\ntouch '${started}'\nexec sleep 60\n`);
    chmodSync(join(repo, '.git/hooks/post-checkout'), 0o755);
    const plan = { ...(await planned(repo)), ...(copied && { branch: copied.branch }) };
    const add = worktreeAdd(plan).filter((word) => word !== '--no-checkout');
    const child = spawn('git', add, { cwd: repo, stdio: 'ignore', detached: true });
    await until('the hook runs', () => existsSync(started));
    return { repo, plan, child };
  }

  it('ends a git that a hook holds up', async () => {
    const { repo, plan, child } = await heldUp();
    await undoWorktree(plan);
    await exited(child);
    assert.equal(child.signalCode, 'SIGKILL');
    assertNothingLeft(repo, plan);
    endGroup(child, 'SIGKILL');
  });

  it('leaves alone what creates a branch of the same name in another repository', async () => {
    const repo = repositoryWith({ a: '1' });
    const plan = await planned(repo);
    const other = await heldUp(plan);
    await undoWorktree(plan);
    endGroup(other.child, 'SIGTERM');
    await exited(other.child);
    assert.equal(other.child.signalCode, 'SIGTERM');
  });

  const observations: Record<string, (repo: string, plan: WorktreePlan) => void> = {
    'only the folder': (_repo, plan) => mkdirSync(plan.path, { recursive: true }),
    'only the branch': (repo, plan) => run(repo, 'branch', plan.branch, plan.base),
    'the lock and the log of the branch, and no branch': (repo, plan) => {
      for (const file of [`refs/heads/${plan.branch}.lock`, `logs/refs/heads/${plan.branch}`]) {
        mkdirSync(dirname(join(repo, '.git', file)), { recursive: true });
        writeFileSync(join(repo, '.git', file), '');
      }
    },
    'the branch and a lock on it': (repo, plan) => {
      run(repo, 'branch', plan.branch, plan.base);
      writeFileSync(join(repo, '.git/refs/heads', `${plan.branch}.lock`), '');
    },
    'an empty entry': (repo, plan) => {
      mkdirSync(join(repo, '.git/worktrees', `repo-${plan.branch.split('/')[2]}`), { recursive: true });
    },
    'a locked entry without a pointer': (repo, plan) => {
      const entry = join(repo, '.git/worktrees', `repo-${plan.branch.split('/')[2]}`);
      mkdirSync(entry, { recursive: true });
      writeFileSync(join(entry, 'locked'), 'initializing');
    },
    'a registration whose folder is missing': (repo, plan) => {
      run(repo, ...worktreeAdd(plan));
      rmSync(dirname(plan.path), { recursive: true });
    },
    'a locked index in the entry': (repo, plan) => {
      run(repo, ...worktreeAdd(plan));
      const entry = join(repo, '.git/worktrees', `repo-${plan.branch.split('/')[2]}`);
      writeFileSync(join(entry, 'index.lock'), '');
      writeFileSync(join(entry, 'locked'), 'initializing');
    },
    'an undo that was interrupted half-way': (repo, plan) => {
      run(repo, 'branch', plan.branch, plan.base);
      mkdirSync(`${plan.path}.removing/src`, { recursive: true });
    },
    'a packed branch': (repo, plan) => {
      run(repo, ...worktreeAdd(plan));
      run(repo, 'pack-refs', '--all');
    },
  };
  for (const [moment, make] of Object.entries(observations)) {
    it(`removes ${moment}`, async () => {
      const repo = repositoryWith({ a: '1' });
      const plan = await planned(repo);
      make(repo, plan);
      assert.equal((await undoWorktree(plan)).branch_kept, false);
      assertNothingLeft(repo, plan);
    });
  }

  it('keeps the half-made worktree of another session', async () => {
    const repo = repositoryWith({ a: '1' });
    const [plan, other] = [await planned(repo), await planned(repo)];
    await createWorktree(other);
    mkdirSync(join(repo, '.git/worktrees', 'repo-ffff'), { recursive: true });
    await undoWorktree(plan);
    assert.ok(existsSync(join(other.path, 'a')));
    assert.equal(readdirSync(join(repo, '.git/worktrees')).length, 2);
  });

  it('never deletes a branch with commits of its own', async () => {
    const repo = repositoryWith({ a: '1' });
    const plan = await planned(repo);
    await createWorktree(plan);
    write(plan.path, 'b', '1');
    const tip = commitAll(plan.path, 'work');
    const undone = await undoWorktree(plan);
    assert.deepEqual([undone.removed, undone.branch_kept], [true, true]);
    assert.equal(run(repo, 'rev-parse', plan.branch), tip);
  });

  it('keeps a finished one with uncommitted work', async () => {
    const repo = repositoryWith({ a: '1' });
    const plan = await planned(repo);
    await createWorktree(plan);
    write(plan.path, 'work', '1');
    const undone = await undoWorktree(plan);
    assert.deepEqual([undone.removed, undone.branch_kept], [false, true]);
    assert.ok(existsSync(join(plan.path, 'work')));
  });

  it('works when the repository is gone', async () => {
    const repo = repositoryWith({ a: '1' });
    const plan = await planned(repo);
    mkdirSync(plan.path, { recursive: true });
    rmSync(repo, { recursive: true });
    assert.equal((await undoWorktree(plan)).removed, true);
    assert.equal(existsSync(plan.path), false);
  });
});

describe('a git that meets a half-written worktree', () => {
  const failure = (stderr: string, signal?: NodeJS.Signals) =>
    gitError('/repo', ['worktree', 'list'], {
      code: signal ? -1 : 128,
      stdout: Buffer.of(),
      stderr,
      fault: signal ? { reason: 'killed', signal, cause: null } : null,
    });

  it('is run again if it could not read it, or crashed', async () => {
    const failures = [
      failure('fatal: failed to read .git/worktrees/x/commondir: Success'),
      failure('', 'SIGSEGV'),
    ];
    const work = async () => {
      const next = failures.shift();
      if (next) throw next;
      return 'list';
    };
    assert.equal(await retryDuringCreation(work), 'list');
  });

  it('is not run again if another process ended it, and the error names the signal', async () => {
    let runs = 0;
    const work = async () => {
      runs += 1;
      throw failure('', 'SIGKILL');
    };
    await assert.rejects(retryDuringCreation(work), { code: 'GIT_FAILED', message: /: ended by SIGKILL$/ });
    assert.equal(runs, 1);
  });
});
