import assert from 'node:assert/strict';
import { cpSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { Home } from '../../testing/home.ts';

describe('the files of a session after a move', () => {
  const home = new Home();
  const moved = join(home.ground, 'moved');
  const env = { AGENTPOOL_HOME: moved };
  let id = '';

  before(async () => {
    const words = '--provider fake-patch --isolation worktree --role implementer --task Mend'.split(' ');
    id = (await home.json(['run', ...words])).session_id;
    await home.run(['watcher', 'stop']);
    await home.endCommands();
    home.killServers();
  });

  const assertFound = async (place: string) => {
    const options = { env: { AGENTPOOL_HOME: place } };
    const transcript = await home.json(['transcript', id], options);
    assert.equal(transcript.path, join(place, 'artifacts', id, 'transcript.txt'));
    assert.match(transcript.text, /\S/);
    const artifacts = await home.json(['artifacts', id], options);
    assert.ok(
      artifacts.files.some(
        ({ kind, exists }: { kind: string; exists: boolean }) => kind === 'diff' && exists,
      ),
    );
    assert.equal((await home.json(['collect', id], options)).result, 'present');
    const { session } = await home.json(['session', 'show', id], options);
    const [listed] = (await home.json(['sessions', '--all'], options)).sessions;
    for (const { artifact_dir } of [session, listed])
      assert.equal(artifact_dir, join(place, 'artifacts', id));
    const fast = await home.run(['sessions', '--all', '--json'], { ...options, wholeProcess: true });
    assert.equal(JSON.parse(fast.stdout).sessions[0].transcript_path, transcript.path);
  };

  it('are found in a home that was copied, not in the one that it was copied from', async () => {
    const copy = join(home.ground, 'copy');
    cpSync(home.folder, copy, { recursive: true, filter: (path) => !path.endsWith('.sock') });
    await assertFound(copy);
    await home.run(['watcher', 'stop'], { env: { AGENTPOOL_HOME: copy } });
  });

  it('are found in a home that was moved', async () => {
    renameSync(home.folder, moved);
    await assertFound(moved);
  });

  it('are not compared with a repository that was moved away, and collect names where it was', async () => {
    const { session } = await home.json(['session', 'show', id], { env });
    const away = join(home.ground, 'away');
    renameSync(session.worktree_path, away);
    const collected = await home.json(['collect', id], { env });
    assert.equal(collected.git.warnings.length, 1);
    assert.ok(
      collected.git.warnings[0].includes(`it was ${session.worktree_path}`),
      collected.git.warnings[0],
    );
    assert.ok(
      collected.artifacts.some(({ kind }: { kind: string }) => kind === 'diff'),
      'what was collected stays',
    );
    renameSync(away, session.worktree_path);
    assert.deepEqual((await home.json(['collect', id], { env })).git.warnings, []);
  });

  it('are named with the place where they were when they are nowhere', async () => {
    rmSync(join(moved, 'artifacts'), { recursive: true });
    for (const command of ['transcript', 'artifacts']) {
      const { stderr } = await home.run([command, id], { env });
      assert.ok(stderr.includes(join(home.folder, 'artifacts', id)), stderr);
      assert.match(stderr, /missing/);
    }
    await home.run(['watcher', 'stop'], { env });
    renameSync(moved, home.folder);
  });
});
