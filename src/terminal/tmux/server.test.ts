import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { AgentPoolError } from '../../lib/errors.ts';
import { until } from '../../lib/testing/until.ts';
import { withTmux } from '../testing/scratch.ts';
import { quoted } from './config.ts';
import { serverPlace, serversFolder, sharedSocketPath } from './places.ts';
import { TmuxServers } from './servers.ts';

/** A worker without special settings. */
const plain = { name: 'w', worker: 'a', command: ['cat'], env: {}, unset: [], cols: 80, rows: 24 };

describe("a worker's tmux server", () => {
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
      assert.equal(await tmux.isListening(), true);
      assert.equal(await tmux.killSession('w'), true);
      assert.deepEqual([await tmux.listSessions(), await tmux.serverPid()], [[], null]);
      assert.deepEqual(readdirSync(join(folder, 'tmux')), [], 'it leaves no file');
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
    const tmux = new TmuxServers(home, { PATH: '/nowhere' }).of('ap_1');
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

describe("a worker's socket", () => {
  const socket = (home: string) => serverPlace(home, 'ap_2345678923').socket;

  it("is in the home, or in a shorter path when the home's is too long", () => {
    assert.equal(socket('/home/x/.agentpool'), '/home/x/.agentpool/tmux/ap_2345678923/tmux.sock');
    for (let length = 50; length < 130; length++) {
      const deep = `/home/${'x'.repeat(length)}`;
      assert.ok(Buffer.byteLength(socket(deep)) <= 103);
      assert.equal(socket(deep), socket(`${deep}/`));
      assert.notEqual(socket(deep), socket(`${deep}y`));
    }
  });

  it('has a name that is no path', () => {
    for (const id of ['../x', 'a/b', '', 'a b'])
      assert.throws(() => serverPlace('/home/x', id), { code: 'BAD_SESSION_NAME' });
  });
});

describe('the servers of an AGENTPOOL_HOME', () => {
  it('are one per worker: one that is killed leaves the others and their sessions alone', () =>
    withServers(async (servers, folder) => {
      for (const id of ['ap_1', 'ap_2', 'ap_3'])
        await servers.newFor(id).newSession({ ...plain, name: `agentpool-${id}`, worker: id, cwd: folder });
      const pid = await servers.of('ap_2').serverPid();
      process.kill(pid ?? 0, 'SIGKILL');
      await until('its end', async () => !(await servers.of('ap_2').isListening()));
      assert.deepEqual((await servers.sessions()).map(({ worker }) => worker).sort(), ['ap_1', 'ap_3']);
      assert.equal(await servers.of('ap_2').paneFacts('%0'), null);
      assert.equal(await servers.of('ap_2').killSession('agentpool-ap_2'), false);
      assert.deepEqual(readdirSync(serversFolder(folder)).sort(), ['ap_1', 'ap_3']);
    }));

  it('reach a worker that was started before 0.3, in the server that all shared', () =>
    withServers(async (servers, folder) => {
      const shared = ['-S', sharedSocketPath(folder), '-f', '/dev/null'];
      const start = ['new-session', '-d', '-s'];
      for (const id of ['ap_old', 'ap_older']) {
        execFileSync('tmux', [...shared, ...start, `agentpool-${id}`, 'cat']);
        execFileSync('tmux', [...shared, 'set', '-t', `=agentpool-${id}:`, '@agentpool_worker', id]);
      }
      await servers.newFor('ap_new').newSession({ ...plain, worker: 'ap_new', cwd: folder });
      assert.equal((await servers.sessions()).length, 3);
      assert.equal(servers.of('ap_old').socket, sharedSocketPath(folder));
      assert.notEqual(servers.of('ap_new').socket, sharedSocketPath(folder));
      assert.equal(await servers.of('ap_old').killSession('agentpool-ap_old'), true);
      assert.deepEqual((await servers.sessions()).map(({ worker }) => worker).sort(), ['ap_new', 'ap_older']);
      execFileSync('tmux', [...shared, 'kill-server']);
    }));
});

async function withServers(test: (servers: TmuxServers, folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ap-term-'));
  const servers = new TmuxServers(folder, process.env);
  try {
    await test(servers, folder);
  } finally {
    for (const server of servers.all()) await server.killServer();
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('a word for tmux', () => {
  it('has its line ends, variables and quotes escaped', () => {
    assert.equal(quoted('a\n $b "c" \\'), '"a\\012 \\$b \\"c\\" \\\\"');
  });
});
