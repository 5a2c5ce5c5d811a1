import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { start, withTmux } from '../../testing/scratch.ts';
import { TmuxBacklog } from './tmux-backlog.ts';

const GIB = 1 << 30;

describe('what a tmux server holds', () => {
  it('is too large where the server takes more than a gibibyte, and asked for every five seconds', () =>
    withTmux(async (tmux) => {
      const { server_pid } = await start(tmux, 'reader.mjs');
      let bytes = GIB / 2;
      const asked: number[] = [];
      const backlog = new TmuxBacklog(tmux, (pid) => {
        asked.push(pid);
        return bytes;
      });
      assert.equal(await backlog.isTooLarge(1000), false);
      bytes = 2 * GIB;
      assert.equal(await backlog.isTooLarge(3000), false);
      assert.equal(await backlog.isTooLarge(6000), true);
      assert.deepEqual(asked, [server_pid, server_pid]);
    }));

  it('is not too large for a server of one line, by its memory', () =>
    withTmux(async (tmux) => {
      await start(tmux, 'reader.mjs');
      assert.equal(await new TmuxBacklog(tmux).isTooLarge(1000), false);
    }));
});
