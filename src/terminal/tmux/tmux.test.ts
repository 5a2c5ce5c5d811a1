import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { AgentPoolError } from '../../lib/errors.ts';
import { until } from '../../lib/testing/until.ts';
import { withTmux } from '../testing/scratch.ts';
import { quoted, socketPath } from './config.ts';
import { Tmux } from './tmux.ts';

/** A worker without special settings. */
const plain = { name: 'w', worker: 'a', command: ['cat'], env: {}, unset: [], cols: 80, rows: 24 };

describe('the private tmux server', () => {
  it("runs a worker's command unchanged, with its own variables and none that are unset", () =>
    withTmux(async (tmux, folder) => {
      const env = { SECRET: 'a\n  b;"$HOME" \\ é', PATH: process.env.PATH ?? '' };
      const command = [
        'sh',
        '-c',
        'printf "%s" "$SECRET|$1|$AGENTPOOL_SESSION_ID|$(printenv TMUX_PANE || echo unset)" > out; exec sleep 600',
        'x',
        "it's $1 #{pid}",
      ];
      const session = { ...plain, worker: 'ap_1', cwd: folder, command, env, unset: ['TMUX_PANE'] };
      const started = await tmux.newSession(session);
      const out = () => statSync(join(folder, 'out'), { throwIfNoEntry: false })?.size;
      await until('the worker', () => Boolean(out()));
      assert.equal(readFileSync(join(folder, 'out'), 'utf8'), `${env.SECRET}|it's $1 #{pid}|ap_1|unset`);
      const [listed] = await tmux.listSessions();
      assert.deepEqual(listed, {
        name: 'w',
        worker: 'ap_1',
        pane_id: started.pane_id,
        pane_pid: started.pane_pid,
        pane_dead: false,
        exit_code: null,
        exit_signal: null,
      });
      assert.equal(await tmux.serverPid(), started.server_pid);
      assert.equal(statSync(join(folder, 'tmux.conf')).mode & 0o777, 0o600);
    }));

  it('keeps a text for the worker in its memory, whatever it contains', () =>
    withTmux(async (tmux, folder) => {
      const text = 'first\n   indented "q" $HOME \\n #{pid} ~ ; é\n'.repeat(20_000);
      await tmux.newSession({ ...plain, cwd: folder, buffer: { name: 'task', text } });
      assert.ok((await tmux.run(['show-buffer', '-b', 'task'])) === text);
    }));

  it('refuses a name in use and leaves the session that has it alone', () =>
    withTmux(async (tmux, folder) => {
      const session = { ...plain, cwd: folder };
      await tmux.newSession({ ...session, worker: 'first' });
      await assert.rejects(tmux.newSession({ ...session, worker: 'second' }), { code: 'TMUX_FAILED' });
      assert.deepEqual(
        (await tmux.listSessions()).map(({ worker }) => worker),
        ['first'],
      );
    }));

  it('has no sessions before the first and after the last, and ends with the last', () =>
    withTmux(async (tmux, folder) => {
      assert.deepEqual(
        [await tmux.listSessions(), await tmux.serverPid(), await tmux.killSession('w')],
        [[], null, false],
      );
      await tmux.newSession({ ...plain, cwd: folder });
      assert.equal(await tmux.killSession('w'), true);
      await until('the end of the server', async () => (await tmux.serverPid()) === null);
      assert.deepEqual(await tmux.listSessions(), []);
    }));

  it("passes nothing of the caller's environment on but what was requested", () =>
    withTmux(async (tmux, folder) => {
      process.env.CLAUDE_CODE_TEST = 'leaks';
      const command = ['sh', '-c', 'env > out.new; mv out.new out; exec cat'];
      await tmux.newSession({ ...plain, cwd: folder, command });
      await until('the worker', () => statSync(join(folder, 'out'), { throwIfNoEntry: false }) !== undefined);
      assert.doesNotMatch(readFileSync(join(folder, 'out'), 'utf8'), /CLAUDE/);
    }));
});

describe('a machine without tmux', () => {
  it('reports how to install it', async () => {
    const home = mkdtempSync(join(tmpdir(), 'ap-term-'));
    const tmux = new Tmux(home, { PATH: '/nowhere' });
    try {
      await assert.rejects(tmux.listSessions(), (error: AgentPoolError) => {
        assert.equal(error.code, 'TMUX_NOT_FOUND');
        assert.deepEqual(Object.keys(error.details.install as object), ['apt', 'dnf', 'brew']);
        return true;
      });
      assert.deepEqual(readdirSync(home), [], 'a question makes nothing');
    } finally {
      rmSync(home, { recursive: true });
    }
  });
});

describe('the socket of an AGENTPOOL_HOME', () => {
  it("is in the home, or in a shorter path when the home's is too long", () => {
    assert.equal(socketPath('/home/x/.agentpool'), '/home/x/.agentpool/tmux.sock');
    const deep = `/home/${'x'.repeat(120)}`;
    assert.ok(Buffer.byteLength(socketPath(deep)) <= 103);
    assert.equal(socketPath(deep), socketPath(`${deep}/`));
    assert.notEqual(socketPath(deep), socketPath(`${deep}y`));
  });
});

describe('a word for tmux', () => {
  it('has its line ends, variables and quotes escaped', () => {
    assert.equal(quoted('a\n $b "c" \\'), '"a\\012 \\$b \\"c\\" \\\\"');
  });
});
