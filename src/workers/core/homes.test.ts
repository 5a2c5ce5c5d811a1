import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Home } from '../testing/home.ts';

const LONG = Array.from({ length: 12 }, (_, index) => `a-folder-with-a-long-name-${index}`).join('/');

describe('an AGENTPOOL_HOME', () => {
  for (const [what, folder] of [
    ['with spaces, quotes and letters of many scripts in its path', "my 'home' é 日本 $HOME #{pid}"],
    ['with a path that is too long for a socket', LONG],
  ] as const) {
    it(`${what} runs a worker from spawn to terminate`, async () => {
      const home = new Home({ folder, wholeProcesses: true });
      const id = await home.spawn('fake-question', '--isolation', 'worktree');
      await home.reaches(id, 'AWAITING_USER_INPUT');
      assert.equal((await home.json(['send', id, 'the migrations first'])).delivery, 'delivered');
      await home.reaches(id, 'COMPLETED');
      assert.equal((await home.json(['collect', id])).result, 'present');
      assert.equal((await home.json(['terminate', id])).ok, true);
      assert.deepEqual(home.tmuxSessions(), []);
    });
  }

  it('does not see the workers of another one, and leaves them alone', async () => {
    const homes = [new Home(), new Home(), new Home()];
    const ids = await Promise.all(homes.map((home) => home.spawn('fake-idle')));
    await Promise.all(homes.map((home, index) => home.reaches(ids[index] ?? '', 'IDLE')));
    for (const [index, home] of homes.entries()) {
      assert.deepEqual(
        home.sessions().map(({ id }) => id),
        [ids[index]],
      );
      assert.deepEqual(home.tmuxSessions(), [`agentpool-${ids[index]}`]);
    }
    const [first, second] = homes;
    assert.equal(await first?.refused(['terminate', ids[1] ?? '']), 'TMUX_SESSION_NOT_FOUND');
    await first?.run(['terminate', ids[0] ?? '']);
    assert.equal(second?.session(ids[1] ?? '').alive, 1);
    assert.equal(second?.tmuxSessions().length, 1);
  });

  it('passes `agentpool smoke`', async () => {
    const home = new Home();
    const smoke = await home.json(['smoke']);
    const { ok, question_event, completed_state, send } = smoke;
    assert.deepEqual([ok, question_event, completed_state, send], [true, 'question', 'COMPLETED', true]);
    const fakeSmoke = await home.run(['smoke', '--provider', 'fake-completed']);
    assert.equal(fakeSmoke.code, 0);
    assert.match(fakeSmoke.stdout, /it works/);
    assert.equal(await home.refused(['smoke', '--provider', 'claude-code']), 'INVALID_REQUEST');
    assert.deepEqual(home.tmuxSessions(), []);
  });
});
