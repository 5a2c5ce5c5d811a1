import assert from 'node:assert/strict';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { placeFile, writePrivateFile, writePrivateFileSync, writePrivateFiles } from './atomic-file.ts';

const ground = mkdtempSync(join(tmpdir(), 'ap-atomic-'));
after(() => rmSync(ground, { recursive: true }));

/** A dotfile, and the link to it. */
function linked(name: string) {
  const folder = join(ground, name);
  mkdirSync(folder);
  const [target, link] = [join(folder, 'target'), join(folder, 'link')];
  writeFileSync(target, 'old');
  symlinkSync(target, link);
  return { folder, target, link };
}

describe('a link in place of a private file', () => {
  it('stays a link if it is followed', () => {
    const { target, link } = linked('followed');
    writePrivateFileSync(link, 'new', { link: 'follow' });
    assert.ok(lstatSync(link).isSymbolicLink());
    assert.equal(readFileSync(target, 'utf8'), 'new');
  });

  it('is replaced by the file, and its target is unchanged', async () => {
    const { target, link } = linked('replaced');
    writePrivateFileSync(link, 'new', { link: 'replace' });
    assert.ok(lstatSync(link).isFile());
    const other = linked('replaced-too');
    await writePrivateFile(other.link, 'new');
    assert.ok(lstatSync(other.link).isFile());
    assert.deepEqual([readFileSync(target, 'utf8'), readFileSync(other.target, 'utf8')], ['old', 'old']);
  });

  it('is refused if nothing may be replaced, even a dangling link', async () => {
    const { folder, link } = linked('refused');
    const lost = join(folder, 'lost');
    symlinkSync(join(folder, 'nowhere'), lost);
    for (const file of [link, lost]) {
      const placing = placeFile(file, { existing: 'refuse' }, (draft) => writeFile(draft, 'new'));
      await assert.rejects(placing, { code: 'FILE_EXISTS' });
    }
    assert.deepEqual(readdirSync(folder).sort(), ['link', 'lost', 'target'], 'no draft is left');
  });
});

describe('a placed file', () => {
  it('is private, and written completely or not at all', async () => {
    const file = join(ground, 'placed');
    await assert.rejects(
      placeFile(file, { existing: 'refuse' }, async (draft) => {
        await writeFile(draft, 'half');
        throw new Error('stopped');
      }),
      /stopped/,
    );
    assert.equal(existsSync(file), false);
    await placeFile(file, { existing: 'refuse' }, (draft) => writeFile(draft, 'whole'));
    await placeFile(file, { existing: 'replace' }, (draft) => writeFile(draft, 'anew'));
    assert.equal(readFileSync(file, 'utf8'), 'anew');
    assert.equal(statSync(file).mode & 0o777, 0o600);
  });
});

describe('several private files', () => {
  it('are all replaced, or none if one cannot be written; no draft is left', async () => {
    const folder = join(ground, 'several');
    mkdirSync(folder);
    const [one, two] = [join(folder, 'one'), join(folder, 'two')];
    const nowhere = join(folder, 'nowhere', 'three');
    await writePrivateFiles(
      new Map([
        [one, 'old'],
        [two, 'old'],
      ]),
    );
    await assert.rejects(
      writePrivateFiles(
        new Map([
          [one, 'new'],
          [nowhere, 'new'],
          [two, 'new'],
        ]),
      ),
    );
    assert.deepEqual([readFileSync(one, 'utf8'), readFileSync(two, 'utf8')], ['old', 'old']);
    assert.deepEqual(readdirSync(folder).sort(), ['one', 'two']);
    assert.equal(statSync(one).mode & 0o077, 0);
  });
});

describe('a private file that is written synchronously', () => {
  it('gets its parent folders, private to the user', () => {
    const file = join(ground, 'a', 'b', 'file');
    writePrivateFileSync(file, 'text', { link: 'replace' });
    const modes = [join(ground, 'a'), join(ground, 'a', 'b'), file].map(
      (each) => statSync(each).mode & 0o777,
    );
    assert.deepEqual(modes, [0o700, 0o700, 0o600]);
  });

  it('overwrites the draft that a killed sole writer has left', () => {
    const file = join(ground, 'sole');
    writeFileSync(`${file}.new`, 'half');
    writePrivateFileSync(file, 'whole', { link: 'replace', writers: 'one' });
    assert.deepEqual([readFileSync(file, 'utf8'), existsSync(`${file}.new`)], ['whole', false]);
  });

  it('never replaces a folder or a device, and names a folder that is missing', async () => {
    const folder = join(ground, 'folder');
    mkdirSync(folder);
    const device = join(ground, 'stdout');
    symlinkSync('/dev/null', device);
    for (const existing of ['refuse', 'replace'] as const) {
      const placing = (file: string) => placeFile(file, { existing }, (draft) => writeFile(draft, 'new'));
      await assert.rejects(placing(folder), {
        code: 'STORAGE_INVALID',
        message: /is a folder\. Name a file/,
      });
      await assert.rejects(placing(device), { code: 'STORAGE_INVALID', message: /not a regular file/ });
      await assert.rejects(placing(join(folder, 'none', 'file')), {
        code: 'STORAGE_INVALID',
        message: `There is no folder ${join(folder, 'none')}. Make it, then try again.`,
      });
    }
    assert.ok(lstatSync(device).isSymbolicLink());
    assert.deepEqual(readdirSync(folder), []);
  });
});
