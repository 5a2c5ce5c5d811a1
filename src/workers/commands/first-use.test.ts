import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { FakeCodex } from '../../../fixtures/usage/fake-codex.ts';
import { Home } from '../testing/home.ts';

describe('@last', () => {
  it('is the newest worker that was started; one that could not be only if there is no other', async () => {
    const home = new Home({ agents: [{ id: 'gone', program: 'no-such-program' }] });
    const fails = async () => {
      rmSync(join(home.repo, '.git'), { recursive: true, force: true });
      const { error } = await home.json([
        ...[
          'spawn',
          '--provider',
          'fake-idle',
          '--repo',
          home.repo,
          '--task',
          'Look',
          '--isolation',
          'worktree',
        ],
        ...['--role', 'implementer'],
      ]);
      assert.equal(error.code, 'NOT_A_REPOSITORY');
    };
    await fails();
    const id = await home.spawn('fake-idle');
    const { session } = await home.json(['session', 'show', '@last']);
    assert.equal(session.id, id);
    await home.json(['terminate', id]);
    assert.equal((await home.json(['session', 'show', '@last'])).session.id, id, 'an ended one was started');
  });
});

describe('a spawn with little left', () => {
  it('says which limit, what is left, and when it resets; and nothing where the policy is content', async () => {
    const home = new Home();
    const codex = new FakeCodex(home.ground).uses(96, 40);
    home.env.PATH = `${codex.bin}:${home.env.PATH}`;
    await home.json(['usage-summary', '--refresh']);
    const request = ['spawn', '--provider', 'codex-cli', '--repo', home.repo, '--task', 'Look around'];
    const { warnings, session_id } = await home.json(request);
    assert.equal(warnings.length, 1);
    assert.match(
      warnings[0],
      /^codex-cli has little left: weekly 4 % left, resets .+ \(policy\.min_remaining_percent is 10\)$/,
    );
    await home.json(['terminate', session_id]);
    const { stdout } = await home.run(request);
    assert.match(stdout, /! codex-cli has little left: weekly 4 % left/);
    const { stderr } = await home.run([...request, '--wait', 'running', '--timeout', '1']);
    assert.match(stderr, /! codex-cli has little left: weekly 4 % left/);
    codex.uses(90, 40);
    await home.json(['usage', '--provider', 'codex-cli', '--backend', 'native']);
    const later = await home.json(request);
    assert.deepEqual(later.warnings, []);
    for (const { id } of home.sessions().filter(({ alive }) => alive === 1))
      await home.json(['terminate', id]);
  });
});

describe('the step that is suggested at an approval', () => {
  it('is a message where it is asked in words: a choice that it does not offer is refused', async () => {
    const home = new Home();
    const id = await home.spawn('fake-approval');
    await home.reaches(id, 'AWAITING_APPROVAL');
    const { stdout } = await home.run(['observe', id]);
    assert.match(stdout, /agentpool send ap_\w+ "\.\.\."/);
    assert.doesNotMatch(stdout, /--choice/);
    assert.equal((await home.json(['answer', id, '--choice', '3'])).error.code, 'CHOICE_NOT_FOUND');
    assert.equal((await home.json(['send', id, 'y'])).ok, true);
    await home.reaches(id, 'COMPLETED');
    await home.json(['terminate', id]);
  });
});
