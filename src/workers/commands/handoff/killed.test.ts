import { describe, it } from 'node:test';
import { killHandover } from '../../testing/handover-kills.ts';
import { Home } from '../../testing/home.ts';
import { Killer } from '../../testing/kills.ts';

// scripts/kills/handoff.ts does the same a hundred times.
describe('a handover whose process is killed at any moment', { concurrency: 2 }, () => {
  const killer = new Killer(500);
  for (const keep of [false, true])
    it(`is finished or undone by the next command, ${keep ? 'with' : 'without'} --keep`, () =>
      killHandover(new Home(), killer, { keep, dead: false, late: true }));
});
