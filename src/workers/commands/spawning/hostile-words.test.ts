import assert from 'node:assert/strict';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Home } from '../../testing/home.ts';
import { Witness, witnessAgent } from '../../testing/witness.ts';

const NAMES = ['C#Studio', '#(touch PWNED)', '#{pid} ##[x]', '~', '$HOME `touch PWNED`', 'a;\'"\\', '%H;'];

describe('a spawn with names and words that tmux would read as its own', () => {
  const home = new Home({
    agents: [witnessAgent],
    config: { policy: { max_parallel_sessions: 50, allow_raw_keys: true } },
    folder: 'h#(touch PWNED);',
  });
  const assertNothingRan = () =>
    assert.deepEqual(
      [home.repo, home.ground, home.folder].filter((folder) => existsSync(join(folder, 'PWNED'))),
      [],
    );

  for (const name of NAMES) {
    it(`works in the folder ${name} and not in the one that the command was typed in`, async () => {
      const repo = join(home.ground, name, 'app');
      mkdirSync(join(home.ground, name));
      cpSync(home.repo, repo, { recursive: true });
      const task = `~/${name}; run-shell 'touch PWNED' #(touch PWNED) ;`;
      const words = ['spawn', '--provider', 'witness', '--repo', repo, '--task', task];
      const witness = new Witness(home);
      const { session_id } = await home.json(words, witness);
      const { cwd, argv } = await witness.seen();
      assert.equal(cwd, repo);
      assert.equal(argv.at(-1)?.startsWith(`${task}\n\n`), true);
      await home.json(['terminate', session_id]);
      assertNothingRan();
    });
  }

  it('types keys, and lets tmux run none of them', async () => {
    const witness = new Witness(home);
    const { session_id } = await home.json(['spawn', '--provider', 'witness', '--task', 'Look'], witness);
    await home.reaches(session_id, 'IDLE');
    const keys = ['x;', 'run-shell', 'touch PWNED', ';', 'kill-server', '\\;', '#(touch PWNED)', 'Enter'];
    assert.equal((await home.json(['keys', session_id, ...keys])).ok, true);
    const { texts } = await witness.seen(2);
    assert.deepEqual(texts.slice(1), [keys.slice(0, -1).join('')]);
    assertNothingRan();
  });

  it('leaves no file of a start behind', () =>
    assert.deepEqual(
      readdirSync(home.folder).filter((name) => name.startsWith('folder-')),
      [],
    ));

  it(
    'ends with a clear error in a folder that cannot be entered',
    { skip: process.getuid?.() === 0 },
    async () => {
      const repo = join(home.ground, 'closed');
      mkdirSync(repo);
      chmodSync(repo, 0o600);
      const words = [
        'spawn',
        '--provider',
        'witness',
        '--repo',
        repo,
        '--isolation',
        'read_only',
        '--task',
        'Look',
      ];
      assert.equal(await home.refused(words), 'CWD_NOT_FOUND');
    },
  );
});
