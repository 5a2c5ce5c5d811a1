import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { folder, testRoot } from '../../workspace/testing/repository.ts';
import { AgentPoolError } from '../errors.ts';
import { writePrivateFile } from './atomic-file.ts';
import { appendPrivateFile, makePrivateFolder, storageError } from './private-files.ts';

const modeOf = (path: string) => statSync(path).mode & 0o777;

/** Root ignores permissions, so root runs the work as another user. */
async function asOtherUser(path: string, work: () => Promise<void>): Promise<void> {
  if (process.getuid?.() !== 0) return work();
  chmodSync(testRoot, 0o755);
  chmodSync(dirname(path), 0o755);
  process.seteuid?.(65534);
  try {
    await work();
  } finally {
    process.seteuid?.(0);
  }
}

describe('a private folder', () => {
  it('is created with its parents, private to the user', async () => {
    const path = join(folder(), 'a', 'b');
    await makePrivateFolder(path);
    assert.deepEqual([modeOf(path), modeOf(dirname(path))], [0o700, 0o700]);
  });

  it('loses the access of others, and can be created again', async () => {
    const path = folder();
    chmodSync(path, 0o755);
    await makePrivateFolder(path);
    await makePrivateFolder(path);
    assert.equal(modeOf(path), 0o700);
  });

  it('may be a link to a folder', async () => {
    const link = join(folder(), 'link');
    symlinkSync(folder(), link);
    await makePrivateFolder(link);
    assert.equal(modeOf(link), 0o700);
  });

  it('is not created in place of a file, nor below one', async () => {
    const file = join(folder(), 'file');
    writeFileSync(file, '');
    for (const path of [file, join(file, 'below')]) {
      await assert.rejects(makePrivateFolder(path), { code: 'STORAGE_INVALID', message: new RegExp(file) });
    }
  });

  it('reports a missing permission to create it', async () => {
    const parent = folder('closed');
    chmodSync(parent, 0o555);
    await asOtherUser(parent, () =>
      assert.rejects(makePrivateFolder(join(parent, 'x')), {
        code: 'STORAGE_DENIED',
        message: /No rights on/,
      }),
    );
  });
});

describe('a private file', () => {
  it('is written completely, private to the user, without leaving a draft', async () => {
    const path = join(folder(), 'result.json');
    await writePrivateFile(path, 'one');
    assert.equal(modeOf(path), 0o600);
    chmodSync(path, 0o644);
    await writePrivateFile(path, Buffer.from([0, 255]));
    assert.deepEqual(readFileSync(path), Buffer.from([0, 255]));
    assert.equal(modeOf(path), 0o600);
    assert.deepEqual(readdirSync(dirname(path)), ['result.json']);
  });

  it('is always one complete version for concurrent readers', async () => {
    const path = join(folder(), 'file');
    const versions = Array.from({ length: 20 }, (_, n) => String.fromCharCode(97 + n).repeat(200_000));
    await writePrivateFile(path, versions[0] ?? '');
    let writing = true;
    const writes = Promise.all(versions.map((version) => writePrivateFile(path, version))).finally(() => {
      writing = false;
    });
    while (writing) {
      assert.ok(versions.includes(readFileSync(path, 'utf8')));
      await new Promise(setImmediate);
    }
    await writes;
    assert.deepEqual(readdirSync(dirname(path)), ['file']);
  });

  it('does not replace a folder, and leaves no draft', async () => {
    const path = join(folder(), 'taken');
    mkdirSync(join(path, 'x'), { recursive: true });
    await assert.rejects(writePrivateFile(path, 'x'), { code: 'STORAGE_INVALID' });
    assert.deepEqual(readdirSync(dirname(path)), ['taken']);
  });

  it('is appended to, without access for others', async () => {
    const path = join(folder(), 'transcript.txt');
    await appendPrivateFile(path, 'one\n');
    chmodSync(path, 0o666);
    await appendPrivateFile(path, Buffer.from('two\n'));
    assert.equal(readFileSync(path, 'utf8'), 'one\ntwo\n');
    assert.equal(modeOf(path), 0o600);
  });

  it('reports a missing permission to write it', async () => {
    const parent = folder('closed');
    chmodSync(parent, 0o555);
    await asOtherUser(parent, async () => {
      await assert.rejects(writePrivateFile(join(parent, 'x'), '1'), { code: 'STORAGE_DENIED' });
      await assert.rejects(appendPrivateFile(join(parent, 'x'), '1'), { code: 'STORAGE_DENIED' });
    });
  });

  it('reports a missing folder as such', async () => {
    const path = join(folder(), 'gone', 'x');
    await assert.rejects(appendPrivateFile(path, '1'), { code: 'ENOENT' });
    assert.equal(existsSync(path), false);
  });
});

describe('a storage error', () => {
  const reported = (code: string) => storageError(Object.assign(new Error('x'), { code }), '/data/x');

  it('reports a full disk or quota', () => {
    for (const errno of ['ENOSPC', 'EDQUOT']) {
      const error = reported(errno);
      assert.ok(error instanceof AgentPoolError);
      assert.equal(error.code, 'STORAGE_FULL');
      assert.match(error.message, /\/data\/x/);
      assert.equal(error.details.errno, errno);
    }
  });

  it('leaves other errors unchanged', () => {
    const error = new TypeError('bug');
    assert.equal(storageError(error, '/data/x'), error);
    assert.ok(!(reported('EMFILE') instanceof AgentPoolError));
  });
});
