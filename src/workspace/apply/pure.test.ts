import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { combined } from '../changes/patch-files.ts';
import { conflictsIn } from './conflicts.ts';
import { leadsOut } from './links.ts';

describe('a link of a patch', () => {
  const leads = (links: Record<string, string>, path = 'link') =>
    leadsOut(path, (each) => links[each] ?? null);

  it('leads out by its own words, by others on its way, or into the git folder', () => {
    assert.equal(leads({ link: '/etc/passwd' }), true);
    assert.equal(leads({ link: '..' }), true);
    assert.equal(leads({ link: 'a/../../b' }), true);
    assert.equal(leads({ 'p/q/link': 'd/../../x', 'p/q/d': '../../s' }, 'p/q/link'), true);
    assert.equal(leads({ link: 'out/x', out: '/tmp' }), true);
    assert.equal(leads({ link: './.GIT/hooks' }), true);
    assert.equal(leads({ 'a/link': '../.git' }, 'a/link'), true);
  });

  it('stays inside otherwise, also when it leads nowhere', () => {
    assert.equal(leads({ link: 'a/../b' }), false);
    assert.equal(leads({ 'a/b/link': '../../c' }, 'a/b/link'), false);
    assert.equal(leads({ link: 'link' }), false);
    assert.equal(leads({ link: 'a', a: 'b', b: 'link' }), false);
    assert.equal(leads({}), false);
  });
});

describe('what git apply says', () => {
  it('is found for each file, whatever its name', () => {
    const name = 'a\nerror: b: c.txt';
    const stderr = [
      `error: patch failed: ${name}:12`,
      `error: ${name}: patch does not apply`,
      'error: new.txt: already exists in index',
      "error: cannot apply binary patch to 'c.bin' without full index line",
      'error: gone.txt: does not exist in index',
    ].join('\n');
    assert.deepEqual(conflictsIn(stderr, [name, 'new.txt', 'c.bin', 'gone.txt', 'fine.txt', 'fine.txt']), [
      { path: name, line: 12, reason: 'its lines have changed here' },
      { path: 'new.txt', line: null, reason: 'it exists already' },
      { path: 'c.bin', line: null, reason: 'its content has changed here' },
      { path: 'gone.txt', line: null, reason: 'it does not exist here' },
    ]);
  });
});

describe('the files of a patch', () => {
  it('have their kinds, counts and quoted names', () => {
    const patch = [
      'diff --git a/a b/a',
      'new file mode 100755',
      '--- /dev/null',
      '+++ b/a',
      '@@ -0,0 +1,2 @@',
      '+rename from x',
      '+diff --git a/z b/z',
      'diff --git "a/o\\tl\\303\\274d" b/new',
      'similarity index 90%',
      'rename from "o\\tl\\303\\274d"',
      'rename to new',
      'diff --git a/c.bin b/c.bin',
      'deleted file mode 100644',
      'GIT binary patch',
      'diff --git a/run b/run',
      'old mode 100644',
      'new mode 100755',
      '',
    ].join('\n');
    const counts = ['2\t0\ta', '1\t1\tnew', '-\t-\tc.bin', '0\t0\trun', ''].join('\0');
    const text = { binary: false, old_path: null };
    assert.deepEqual(combined(Buffer.from(counts), patch), [
      { ...text, path: 'a', status: 'A', mode: '100755', added: 2, removed: 0 },
      { ...text, path: 'new', status: 'R', old_path: 'o\tlüd', mode: null, added: 1, removed: 1 },
      { ...text, path: 'c.bin', status: 'D', binary: true, mode: null, added: null, removed: null },
      { ...text, path: 'run', status: 'M', mode: '100755', added: 0, removed: 0 },
    ]);
  });
});
