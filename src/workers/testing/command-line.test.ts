import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Home } from './home.ts';

describe('a command line in the process of a test', () => {
  it('ends and prints as one in a process of its own, and leaves the process as it was', async () => {
    const home = new Home();
    await home.run(['init']);
    const state = () => [process.cwd(), { ...process.env }, process.exitCode, process.eventNames()];
    const before = state();
    for (const words of [
      ['watcher', 'status', '--json'],
      ['sessions', '--plain'],
      ['collect', '@last'],
      ['worktrees', 'cleanup', '--session-id', 'ap_none', '--json'],
      ['spawn', '--provder', 'fake-idle', '--json'],
      ['run', '--nothing'],
      ['nothing'],
    ]) {
      const here = await home.run(words);
      assert.deepEqual(state(), before, words.join(' '));
      assert.deepEqual(here, await home.run(words, { wholeProcess: true }), words.join(' '));
    }
  });

  it('belongs to its own home and folder when several overlap', async () => {
    const homes = [new Home(), new Home(), new Home()];
    const words = ['watcher', 'status'];
    const reports = await Promise.all(homes.map((home) => home.json(words, { cwd: home.ground })));
    assert.deepEqual(
      reports.map(({ log }) => log),
      homes.map(({ folder }) => join(folder, 'run', 'watcher.log')),
    );
  });
});
