import assert from 'node:assert/strict';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { trials } from '../../lib/testing/trials.ts';
import { emptyRepository, folder, run } from '../testing/repository.ts';
import { takeBaseline } from './baseline.ts';
import { changesSince } from './changes.ts';

// Names that are each other's parents, so that files turn into folders and back; and names that need quoting.
const NAMES = ['a', 'b', 'a/b', 'a/c', 'b/a/d', 'with space', 'ü "q"', '-dash', 'tab\tx', 'z.bin'];
const TEXTS = [
  '',
  'one\n',
  'one',
  'one\r\ntwo\r\n',
  'line\n'.repeat(40),
  `${'line\n'.repeat(40)}end\n`,
  '\0\x01\xff',
];
// Outside, nowhere, to a folder; but never in a circle: `git apply` itself fails below a circle (ELOOP).
const TARGETS = ['nowhere', '../out', '.'];

type Step =
  | { do: 'write'; name: string; content: Uint8Array }
  | { do: 'link'; name: string; target: string }
  | { do: 'rename'; name: string; to: string }
  | { do: 'delete' | 'execute' | 'stage' | 'unstage'; name: string }
  | { do: 'hide' | 'forget'; name: string }
  | { do: 'commit' | 'stage all' };

const name = fc.constantFrom(...NAMES);
const content = fc.oneof(
  fc.constantFrom(...TEXTS).map((text) => new Uint8Array(Buffer.from(text, 'latin1'))),
  fc.uint8Array({ maxLength: 300 }),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('write' as const), name, content }) },
  fc.record({
    do: fc.constant('link' as const),
    name,
    target: fc.constantFrom(...TARGETS),
  }),
  { weight: 2, arbitrary: fc.record({ do: fc.constant('rename' as const), name, to: name }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom('delete' as const, 'execute', 'stage', 'unstage'), name }),
  },
  fc.record({ do: fc.constantFrom('commit' as const, 'stage all') }),
);

/** What a worker may do to keep an edit out of its commit. */
const hiding: fc.Arbitrary<Step> = fc.record({ do: fc.constantFrom('hide' as const, 'forget'), name });

describe('the patch of random work', () => {
  it('turns the baseline into the current files', async () => {
    const work = fc.record({
      before: fc.array(step, { maxLength: 10 }),
      after: fc.array(fc.oneof({ weight: 9, arbitrary: step }, hiding), { maxLength: 14 }),
    });
    await fc.assert(
      fc.asyncProperty(work, async ({ before, after }) => {
        const repo = emptyRepository();
        for (const step of before) perform(repo, step);
        const start = folder('start');
        cpSync(repo, start, {
          recursive: true,
          verbatimSymlinks: true,
          filter: (path) => path !== join(repo, '.git'),
        });
        dropEmptyFolders(start);
        const filesBefore = files(repo);
        const kept = join(folder(), 'kept');
        const baseline = await takeBaseline(repo, { folder: kept });
        for (const step of after) perform(repo, step);
        const now = files(repo);
        const status = run(repo, 'status', '--porcelain', '-uall');
        const index = indexOf(repo);

        const changes = await changesSince(baseline, repo, { folder: kept });

        assert.deepEqual(indexOf(repo), index, 'the index is unchanged');
        assert.equal(run(repo, 'status', '--porcelain', '-uall'), status);
        const different = [...new Set([...filesBefore.keys(), ...now.keys()])].filter(
          (path) => filesBefore.get(path) !== now.get(path),
        );
        assert.deepEqual(changes.changed_files, different.sort());
        run(start, 'init', '--quiet');
        assert.equal(changes.patch.kind, 'made');
        if (changes.patch.kind === 'made' && changes.patch.bytes.length > 0) {
          const patch = join(folder(), 'diff.patch');
          writeFileSync(patch, changes.patch.bytes);
          run(start, 'apply', '--binary', '--whitespace=nowarn', patch);
        }
        assert.deepEqual(files(start), now, 'the patch leads to the current files');
      }),
      { numRuns: trials(25) },
    );
  });
});

/** Does one step, or nothing where it cannot be done. */
function perform(repo: string, step: Step): void {
  const path = 'name' in step ? join(repo, step.name) : repo;
  switch (step.do) {
    case 'write':
      clearPath(repo, step.name);
      writeFileSync(path, step.content);
      return;
    case 'link':
      clearPath(repo, step.name);
      symlinkSync(step.target, path);
      return;
    case 'rename':
      if (
        !exists(repo, step.name) ||
        step.to.startsWith(`${step.name}/`) ||
        step.name.startsWith(`${step.to}/`)
      )
        return;
      if (step.name === step.to) return;
      clearPath(repo, step.to);
      renameSync(path, join(repo, step.to));
      return;
    case 'delete':
      if (exists(repo, step.name)) rmSync(path, { recursive: true });
      return;
    case 'execute':
      if (exists(repo, step.name) && lstatSync(path).isFile()) chmodSync(path, 0o755);
      return;
    case 'stage':
      if (exists(repo, step.name)) tryRun(repo, 'add', '--', step.name);
      return;
    case 'unstage':
      run(repo, 'rm', '--cached', '-r', '--force', '--quiet', '--ignore-unmatch', '--', step.name);
      return;
    case 'hide':
    case 'forget':
      // Fails for what is not tracked.
      tryRun(
        repo,
        'update-index',
        step.do === 'hide' ? '--skip-worktree' : '--assume-unchanged',
        '--',
        step.name,
      );
      return;
    case 'stage all':
      run(repo, 'add', '--all');
      return;
    case 'commit':
      run(repo, 'commit', '--quiet', '--allow-empty', '--message', 'work');
  }
}

function tryRun(repo: string, ...args: string[]): void {
  try {
    run(repo, ...args);
  } catch {}
}

/** Removes what is at the path or where its folders have to be. */
function clearPath(repo: string, path: string): void {
  for (let at = dirname(path); at !== '.'; at = dirname(at)) {
    if (exists(repo, at) && !lstatSync(join(repo, at)).isDirectory()) rmSync(join(repo, at));
  }
  mkdirSync(join(repo, dirname(path)), { recursive: true });
  rmSync(join(repo, path), { recursive: true, force: true });
}

/** Whether the path exists without a link on the way. */
function exists(repo: string, path: string): boolean {
  const parent = dirname(path);
  if (parent !== '.' && !(exists(repo, parent) && lstatSync(join(repo, parent)).isDirectory())) return false;
  return lstatSync(join(repo, path), { throwIfNoEntry: false }) !== undefined;
}

/** Path -> kind, mode and content of everything that git would keep. */
function files(root: string, below = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const entry of readdirSync(join(root, below), { withFileTypes: true })) {
    const path = join(below, entry.name);
    const full = join(root, path);
    if (path === '.git') continue;
    if (entry.isDirectory()) for (const [name, value] of files(root, path)) found.set(name, value);
    else if (entry.isSymbolicLink()) found.set(path, `link ${readlinkSync(full)}`);
    else found.set(path, `${lstatSync(full).mode & 0o100 ? 'x' : '-'} ${readFileSync(full).toString('hex')}`);
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Git does not store empty folders: a checkout of the baseline has none. */
function dropEmptyFolders(root: string): void {
  for (const entry of readdirSync(root, { withFileTypes: true })) {
    const path = join(root, entry.name);
    if (!entry.isDirectory()) continue;
    dropEmptyFolders(path);
    if (readdirSync(path).length === 0) rmdirSync(path);
  }
}

function indexOf(repo: string): Buffer | null {
  const path = join(repo, '.git/index');
  return existsSync(path) ? readFileSync(path) : null;
}
