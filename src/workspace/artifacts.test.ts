import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { writePrivateFile } from '../lib/files/atomic-file.ts';
import { appendPrivateFile } from '../lib/files/private-files.ts';
import { artifactListing, artifactManifest, artifactPaths, makeArtifactFolder } from './artifacts.ts';
import { folder } from './testing/repository.ts';

describe('the artifacts of a session', () => {
  it('have their paths before anything exists', () => {
    const paths = artifactPaths('/pool/artifacts', 'ap_3f2a');
    assert.equal(paths.dir, '/pool/artifacts/ap_3f2a');
    assert.equal(paths.transcript, '/pool/artifacts/ap_3f2a/transcript.txt');
    const names = Object.values(paths)
      .map((path) => basename(path))
      .sort();
    assert.deepEqual(names, [
      'ap_3f2a',
      'baseline-objects',
      'baseline.json',
      'diff.patch',
      'diff.redacted.patch',
      'events.ndjson',
      'git-status.txt',
      'handoff.md',
      'last-screen.txt',
      'recording',
      'result.json',
      'screen.txt',
      'setup.txt',
      'summary.md',
      'transcript.txt',
    ]);
  });

  it('are never outside of their root', () => {
    for (const id of ['..', '../x', 'a/b', '', '.', '/etc', 'a\0b']) {
      assert.throws(
        () => artifactPaths('/pool/artifacts', id),
        { code: 'STORAGE_INVALID' },
        JSON.stringify(id),
      );
    }
  });

  it('are kept in a folder that only their user can open', async () => {
    const paths = await makeArtifactFolder(join(folder(), 'artifacts'), 'ap_1');
    assert.equal(statSync(paths.dir).mode & 0o777, 0o700);
    assert.equal(statSync(dirname(paths.dir)).mode & 0o777, 0o700);
  });

  it('are listed with their hashes, the missing ones too', async () => {
    const paths = await makeArtifactFolder(folder(), 'ap_1');
    await writePrivateFile(paths.result, '{"ok":true}');
    await appendPrivateFile(paths.transcript, 'x'.repeat(200_000));
    const manifest = await artifactManifest(paths.dir);
    assert.deepEqual([manifest.session_id, manifest.artifact_dir], ['ap_1', paths.dir]);
    const found = new Map(manifest.files.map((file) => [file.kind, file]));
    assert.equal(found.size, 13);
    assert.deepEqual(found.get('result'), {
      kind: 'result',
      path: paths.result,
      exists: true,
      sha256: createHash('sha256').update('{"ok":true}').digest('hex'),
      bytes: 11,
    });
    assert.equal(found.get('transcript')?.bytes, 200_000);
    assert.deepEqual(found.get('diff'), {
      kind: 'diff',
      path: paths.diff,
      exists: false,
      sha256: null,
      bytes: 0,
    });
  });

  it('have a recording, which is a folder: listed with the sum of its files, without a hash', async () => {
    const paths = await makeArtifactFolder(folder(), 'ap_1');
    mkdirSync(paths.recording);
    await writePrivateFile(join(paths.recording, '0001.ndjson.gz'), 'abc');
    await writePrivateFile(join(paths.recording, '0002.ndjson'), 'de');
    const expected = { kind: 'recording', path: paths.recording, exists: true, sha256: null, bytes: 5 };
    for (const { files } of [await artifactManifest(paths.dir), artifactListing(paths.dir)])
      assert.deepEqual(
        files.find(({ kind }) => kind === 'recording'),
        expected,
      );
  });

  it('are an error when a folder takes the place of a file', async () => {
    const paths = await makeArtifactFolder(folder(), 'ap_1');
    mkdirSync(paths.summary);
    await assert.rejects(artifactManifest(paths.dir), { code: 'STORAGE_INVALID' });
  });
});
