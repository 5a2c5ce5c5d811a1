import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { AgentPoolError } from '../../lib/errors.ts';
import { patchFiles } from '../changes/patch-files.ts';
import { findRepository } from '../git/repository.ts';
import { commitAll, folder, repositoryWith, run, write } from '../testing/repository.ts';
import { type ApplyOutcome, applyPatch } from './apply.ts';
import { exchange, openSwap, planOf, recoverSwap, undo } from './swap.ts';

const MANY = Array.from({ length: 30 }, (_, line) => `line ${line + 1}\n`).join('');
const FILES = { 'a.txt': 'one\ntwo\nthree\n', 'many.txt': MANY, 'gone.txt': 'gone\n', 'sub/b.txt': 'b\n' };

/** What a worker makes of the files of `repo`, which has them unchanged afterwards. */
function madeBy(repo: string, work: (tree: string) => void): Buffer {
  work(repo);
  run(repo, 'add', '--all');
  const shape = ['--binary', '--full-index', '--find-renames', 'HEAD'];
  const patch = Buffer.from(`${run(repo, 'diff', '--cached', ...shape)}\n`);
  run(repo, 'reset', '--quiet', '--hard');
  run(repo, 'clean', '--quiet', '-dfx');
  return patch;
}

async function apply(
  repo: string,
  patch: Buffer,
  { threeWay = false, check = false } = {},
): Promise<ApplyOutcome> {
  const place = await findRepository(repo);
  assert.ok(place);
  const files = await patchFiles(patch, repo);
  return applyPatch(place, { patch, files, threeWay, check, alternates: [], parent: folder('private') });
}

/** Everything that an apply must not change, and the files. */
function stateOf(repo: string): string {
  const files = run(repo, 'ls-files', '-z', '--cached', '--others').split('\0').filter(Boolean);
  return JSON.stringify([
    run(repo, 'status', '--porcelain', '--ignored'),
    run(repo, 'ls-files', '--stage'),
    run(repo, 'rev-parse', 'HEAD'),
    ...files.map((name) => {
      const isFile = existsSync(join(repo, name)) && lstatSync(join(repo, name)).isFile();
      return isFile
        ? [name, statSync(join(repo, name)).mode, readFileSync(join(repo, name), 'base64')]
        : name;
    }),
  ]);
}

/** The error, after a look that nothing has changed. */
async function refused(
  repo: string,
  patch: Buffer,
  options: { threeWay?: boolean } = {},
): Promise<AgentPoolError> {
  const before = stateOf(repo);
  try {
    await apply(repo, patch, options);
  } catch (error) {
    assert.ok(error instanceof AgentPoolError, String(error));
    assert.equal(stateOf(repo), before);
    assert.equal(existsSync(join(repo, '.git', 'agentpool-apply')), false);
    return error;
  }
  throw new Error('it was applied');
}

const conflictsOf = (error: AgentPoolError) =>
  (error.details.conflicts as { path: string; line: number | null }[]).map(({ path, line }) => [path, line]);

const newLink = (target: string) =>
  Buffer.from(`diff --git a/link b/link
new file mode 120000
--- /dev/null
+++ b/link
@@ -0,0 +1 @@
+${target}
\\ No newline at end of file
`);

describe('applying a patch', () => {
  it('changes, adds, renames and removes files, text and binary, and touches nothing else', async () => {
    const repo = repositoryWith({
      ...FILES,
      'run.sh': 'true\n',
      '.gitignore': 'ignored/\n',
      'x/deep.txt': 'x\n',
    });
    const bin = Buffer.from([0, 1, 2, 255, 10, 0]);
    const odd = 'a "b" \\ \t\n\x1b[31mü.txt';
    const made = madeBy(repo, (tree) => {
      write(tree, 'a.txt', 'one\n2\nthree\n');
      rmSync(join(tree, 'gone.txt'));
      run(tree, 'mv', 'many.txt', 'moved to.txt');
      write(tree, 'new/folder/c.bin', bin);
      write(tree, odd, 'odd\n');
      write(tree, 'ignored/added.txt', 'by force\n');
      run(tree, 'add', '--force', 'ignored/added.txt');
      chmodSync(join(tree, 'run.sh'), 0o755);
      symlinkSync('sub/b.txt', join(tree, 'link'));
      rmSync(join(tree, 'x'), { recursive: true });
      write(tree, 'x', 'a file now\n');
    });
    write(repo, 'untracked.txt', 'mine\n');
    write(repo, 'sub/b.txt', 'my own edit\n');
    run(repo, 'add', 'sub/b.txt');
    // An index in use: git itself would refuse to write it.
    writeFileSync(join(repo, '.git', 'index.lock'), '');
    const index = run(repo, 'ls-files', '--stage');
    const before = stateOf(repo);
    await apply(repo, made, { check: true });
    assert.equal(stateOf(repo), before);

    assert.deepEqual(await apply(repo, made), { warnings: [] });
    const text = (name: string) => readFileSync(join(repo, name), 'utf8');
    assert.equal(text('a.txt'), 'one\n2\nthree\n');
    assert.equal(existsSync(join(repo, 'gone.txt')), false);
    assert.equal(existsSync(join(repo, 'many.txt')), false);
    assert.equal(text('moved to.txt'), MANY);
    assert.deepEqual(readFileSync(join(repo, 'new/folder/c.bin')), bin);
    assert.equal(text(odd), 'odd\n');
    assert.equal(text('ignored/added.txt'), 'by force\n');
    assert.equal(statSync(join(repo, 'run.sh')).mode & 0o100, 0o100);
    assert.equal(readlinkSync(join(repo, 'link')), 'sub/b.txt');
    assert.equal(text('x'), 'a file now\n');
    assert.equal(text('untracked.txt'), 'mine\n');
    assert.equal(text('sub/b.txt'), 'my own edit\n');
    assert.equal(run(repo, 'ls-files', '--stage'), index);

    const again = await refused(repo, made);
    assert.equal(again.details.already_applied, true);
  });

  it('fits the same lines at another place of a file, with the line ends of the repository', async () => {
    const repo = repositoryWith(FILES);
    const made = madeBy(repo, (tree) => write(tree, 'many.txt', MANY.replace('line 20\n', 'twenty\n')));
    write(repo, 'many.txt', `first\n${MANY}`);
    run(repo, 'config', 'core.autocrlf', 'true');
    write(repo, 'many.txt', readFileSync(join(repo, 'many.txt'), 'utf8').replaceAll('\n', '\r\n'));
    await apply(repo, made);
    const expected = `first\n${MANY.replace('line 20\n', 'twenty\n')}`.replaceAll('\n', '\r\n');
    assert.equal(readFileSync(join(repo, 'many.txt'), 'utf8'), expected);
  });

  it('is refused with every place where it does not fit, and changes nothing', async () => {
    const repo = repositoryWith({ ...FILES, 'c.bin': '\0one' });
    const made = madeBy(repo, (tree) => {
      write(tree, 'a.txt', 'one\n2\nthree\n');
      write(tree, 'many.txt', MANY.replace('line 20\n', 'twenty\n'));
      write(tree, 'new.txt', 'new\n');
      write(tree, 'c.bin', '\0two');
      write(tree, 'sub/b.txt', 'B\n');
      write(tree, 'fine.txt', 'fine\n');
      write(tree, 'taken', 'a file\n');
    });
    write(repo, 'many.txt', MANY.replace('line 20\n', 'my twenty\n'));
    write(repo, '.git/info/exclude', 'new.txt\n');
    write(repo, 'new.txt', 'an ignored file of the caller\n');
    write(repo, 'c.bin', '\0mine');
    rmSync(join(repo, 'sub/b.txt'));
    const error = await refused(repo, made);
    assert.equal(error.code, 'PATCH_CONFLICT');
    assert.deepEqual(conflictsOf(error), [
      ['c.bin', null],
      ['many.txt', 17],
      ['new.txt', null],
      ['sub/b.txt', null],
    ]);
    mkdirSync(join(repo, 'taken'));
    assert.deepEqual(conflictsOf(await refused(repo, made)), [['taken', null]]);
  });

  it('merges what has changed on both sides, unless in the same lines', async () => {
    const repo = repositoryWith(FILES);
    const made = madeBy(repo, (tree) => write(tree, 'a.txt', 'one\ntwo\n3\n'));
    write(repo, 'a.txt', '1\ntwo\nthree\n');
    commitAll(repo, 'another commit');
    assert.deepEqual(conflictsOf(await refused(repo, made)), [['a.txt', 1]]);
    const index = run(repo, 'ls-files', '--stage');
    write(repo, 'a.txt', '1\n\ntwo\nthree\n');
    await apply(repo, made, { threeWay: true });
    assert.equal(readFileSync(join(repo, 'a.txt'), 'utf8'), '1\n\ntwo\n3\n');
    assert.equal(run(repo, 'ls-files', '--stage'), index);
    write(repo, 'a.txt', 'one\ntwo\nmine\n');
    const error = await refused(repo, made, { threeWay: true });
    assert.deepEqual(conflictsOf(error), [['a.txt', null]]);
  });

  it('writes through no link, and makes none that leads out', async () => {
    const repo = repositoryWith(FILES);
    const outside = folder('outside');
    const inSub = madeBy(repo, (tree) => write(tree, 'sub/new.txt', 'new\n'));
    for (const target of [outside, '../outside', '.git/hooks']) {
      assert.equal((await refused(repo, newLink(target))).code, 'PATCH_UNSAFE', target);
    }
    rmSync(join(repo, 'sub'), { recursive: true });
    symlinkSync(outside, join(repo, 'sub'));
    assert.equal((await refused(repo, inSub)).code, 'PATCH_UNSAFE');
    assert.equal(existsSync(join(outside, 'new.txt')), false);
  });

  it('runs no filter and no hook of the repository, and says so', async () => {
    const repo = repositoryWith({ ...FILES, '.gitattributes': 'a.txt filter=mine\n' });
    const ran = join(folder(), 'ran');
    run(repo, 'config', 'core.fsmonitor', `touch ${ran}; false`);
    const made = madeBy(repo, (tree) => write(tree, 'a.txt', 'one\n2\nthree\n'));
    for (const kind of ['clean', 'smudge']) run(repo, 'config', `filter.mine.${kind}`, `touch ${ran}; cat`);
    rmSync(ran, { force: true });
    const { warnings } = await apply(repo, made);
    assert.match(warnings.join(), /a\.txt is as it is stored: its filter was not run/);
    assert.equal(readFileSync(join(repo, 'a.txt'), 'utf8'), 'one\n2\nthree\n');
    assert.equal(existsSync(ran), false);
  });
});

describe('an exchange of files', () => {
  /** A folder as it is, and an exchange in it that replaces, adds, removes, and puts a file in the place of a folder. */
  const setUp = (repo: string) => {
    const gitDir = join(repo, '.git');
    const swap = openSwap(repo, gitDir);
    for (const name of ['a.txt', 'deep/er/new.txt', 'sub']) write(swap.fresh, name, `new ${name}\n`);
    const steps = ['a.txt', 'deep/er/new.txt', 'gone.txt', 'sub', 'sub/b.txt'].map((path) => ({
      path,
      writes: existsSync(join(swap.fresh, path)),
    }));
    return { gitDir, swap, steps };
  };
  const filesOf = (repo: string) =>
    readdirSync(repo, { recursive: true, encoding: 'utf8' })
      .filter((name) => !name.startsWith('.git'))
      .sort()
      .map((name) => [name, statSync(join(repo, name)).isFile() && readFileSync(join(repo, name), 'utf8')]);
  const made = () => {
    const repo = folder('repo');
    for (const [name, content] of Object.entries(FILES)) write(repo, name, content);
    mkdirSync(join(repo, '.git'));
    return repo;
  };

  it('that cannot be finished leaves all as it was', () => {
    const repo = made();
    write(repo, 'sub/ignored.log', 'it keeps the folder\n');
    const before = filesOf(repo);
    const { swap, steps } = setUp(repo);
    assert.throws(() => swap.commit(steps));
    swap.close();
    assert.deepEqual(filesOf(repo), before);
    assert.deepEqual(readdirSync(join(repo, '.git')), []);
  });

  it('that was killed anywhere is undone by the next one, itself killed anywhere', () => {
    const repo = made();
    const before = filesOf(repo);
    let isFinished = false;
    for (let last = 0; !isFinished; last += 1) {
      for (let back = 0; back < 12; back += 3) {
        const { gitDir, steps } = setUp(repo);
        const place = join(gitDir, 'agentpool-apply');
        const plan = planOf(repo, steps);
        isFinished = stopsBefore(last, exchange(place, plan)) || existsSync(join(place, 'done'));
        if (isFinished) break;
        if (existsSync(join(place, 'plan.json'))) stopsBefore(back, undo(place, plan));
        const [note = ''] = readdirSync(place).filter((name) => name.startsWith('owner-'));
        renameSync(join(place, note), join(place, 'owner-999999999-0'));
        recoverSwap(repo, gitDir);
        assert.deepEqual(filesOf(repo), before, `${last} ${back}`);
        assert.deepEqual(readdirSync(gitDir), []);
      }
    }
    assert.equal(readFileSync(join(repo, 'sub'), 'utf8'), 'new sub\n');
    assert.equal(readFileSync(join(repo, 'deep/er/new.txt'), 'utf8'), 'new deep/er/new.txt\n');
    assert.equal(existsSync(join(repo, 'gone.txt')), false);
  });

  it('belongs to one process at a time', () => {
    const repo = made();
    const { gitDir, swap } = setUp(repo);
    assert.throws(() => openSwap(repo, gitDir), { code: 'PATCH_BUSY' });
    swap.close();
    openSwap(repo, gitDir).close();
  });
});

/** Whether the changes end before so many were made. */
function stopsBefore(count: number, changes: Generator<void>): boolean {
  for (let at = 0; at < count; at += 1) if (changes.next().done) return true;
  return false;
}
