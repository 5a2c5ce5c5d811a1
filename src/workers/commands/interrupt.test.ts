import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { until } from '../../lib/testing/until.ts';
import { Home } from '../testing/home.ts';

const keysFile = (home: Home, name: string) => join(home.ground, `keys-${name}`);

describe('interrupting a program of the user', () => {
  const home = new Home();
  const stops = ['twice', 'hidden', 'control', 'deaf'];
  home.configure(
    [
      ...stops.map((id) => ({
        id,
        program: 'fake-turn',
        env: { FAKE_STOP: id, FAKE_KEYS: keysFile(home, id) },
      })),
    ],
    {},
  );

  const spawn = async (id: string): Promise<string> => {
    const worker = await home.spawn(id);
    await until('its work', () =>
      /Working \d/.test(readFileSync(home.session(worker).transcript_path, { encoding: 'utf8', flag: 'a+' })),
    );
    return worker;
  };
  const pressed = (id: string): string[] =>
    existsSync(keysFile(home, id)) ? readFileSync(keysFile(home, id), 'utf8').trim().split('\n') : [];

  it('presses the keys that its screen names, one by one, and sees that it stopped', async () => {
    const worker = await spawn('twice');
    const interrupted = await home.json(['interrupt', worker]);
    assert.equal(interrupted.delivery, 'delivered', JSON.stringify(interrupted));
    assert.ok(pressed('twice').length >= 2 && pressed('twice').every((key) => key === 'Escape'));
    assert.equal(home.session(worker).alive, 1);
  });

  it('presses Escape where nothing says how, for a program that reads keys', async () => {
    const worker = await spawn('hidden');
    const interrupted = await home.json(['interrupt', worker]);
    assert.deepEqual(interrupted.keys, ['Escape']);
    assert.equal(home.session(worker).alive, 1);
    assert.deepEqual(pressed('hidden'), ['Escape']);
  });

  it('presses C-c where its screen says so, and never twice', async () => {
    const worker = await spawn('control');
    assert.equal((await home.json(['interrupt', worker])).delivery, 'delivered');
    const again = await home.json(['interrupt', worker]);
    assert.deepEqual([again.delivery, again.keys], ['unproven', []]);
    const deaf = await spawn('deaf');
    const unproven = await home.json(['interrupt', deaf]);
    assert.deepEqual([unproven.delivery, unproven.keys], ['unproven', ['C-c']]);
    assert.match(unproven.reason, /goes on/);
    assert.equal(home.session(deaf).alive, 1);
    assert.deepEqual(pressed('deaf'), ['C-c']);
  });
});

describe('interrupting a parked worker', () => {
  it('ends its wait: it is not continued after the reset', async () => {
    const home = new Home();
    const words = ['--on-limit', 'wait', '--task', 'Edit it; resets in 600 s'];
    const worker = await home.spawn(
      'fake-limit-wait',
      '--isolation',
      'worktree',
      '--role',
      'implementer',
      ...words,
    );
    await home.reaches(worker, 'PARKED');
    const { state } = await home.json(['interrupt', worker]);
    assert.equal(state, 'IDLE');
    assert.equal(home.eventsOf('worker.park_ended', worker)[0]?.data.reason, 'stopped');
    await home.json(['send', worker, 'Try once more']);
    await home.reaches(worker, 'PARKED');
  });
});
