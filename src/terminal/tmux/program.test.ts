import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { monotonic } from '../../lib/time/monotonic.ts';
import { start, withTmux } from '../testing/scratch.ts';
import { runTmux } from './program.ts';

describe('a call to tmux', () => {
  it('ends with an error where the server does not answer', () =>
    withTmux(async (tmux) => {
      const { server_pid } = await start(tmux, 'reader.mjs', ['sleeper', '/dev/null']);
      process.kill(server_pid, 'SIGSTOP');
      try {
        const begun = monotonic();
        const call = runTmux(tmux.argv(['display-message', '-p', 'x']), '', tmux.environment, 300);
        await assert.rejects(call, { code: 'TMUX_FAILED', message: /no answer within 0.3 s/ });
        assert.ok(monotonic() - begun < 15_000);
      } finally {
        process.kill(server_pid, 'SIGCONT');
      }
    }));
});
