import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, describe, it } from 'node:test';
import { followClaudeStatus, statusFiles } from './claude-code/status.ts';
import { ownNotify } from './codex-cli/notify.ts';
import type { SignalKind } from './contract/signal-kinds.ts';
import { EVENTS_FILE, followOpencode, Meanings } from './forks/opencode/events.ts';

const scratch = mkdtempSync(join(tmpdir(), 'agentpool-followed-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

/** Waits for so many signals, whatever the machine. */
function inbox(): {
  onSignal: (kind: SignalKind) => void;
  received: (count: number) => Promise<SignalKind[]>;
} {
  const kinds: SignalKind[] = [];
  let reported = () => {};
  return {
    onSignal: (kind) => {
      kinds.push(kind);
      reported();
    },
    received: async (count) => {
      while (kinds.length < count)
        await new Promise<void>((more) => {
          reported = more;
        });
      return kinds;
    },
  };
}

describe('the status that Claude writes of its process', () => {
  it('is followed from before the folder is there, and only for that process', async () => {
    const home = join(scratch, 'claude');
    const { onSignal, received } = inbox();
    const following = followClaudeStatus({ folder: scratch, pid: 77, place: { env: {}, home } }, onSignal);
    const sessions = join(home, '.claude', 'sessions');
    mkdirSync(sessions, { recursive: true });
    const write = (pid: number, status: object) =>
      writeFileSync(join(sessions, `${pid}.json`), JSON.stringify(status));
    write(77, { status: 'busy' });
    await received(1);
    write(78, { status: 'idle' });
    writeFileSync(join(sessions, '77.json'), '{"status":');
    write(77, { status: 'waiting', waitingFor: 'permission prompt' });
    await received(2);
    write(77, { status: 'idle' });
    assert.deepEqual(await received(3), ['turn_started', 'approval_wanted', 'turn_ended']);
    following.close();
  });
});

describe('the status of a Claude that a shell has started', () => {
  it('is followed, and not that of a Claude which the agent runs as a tool', async () => {
    // The shell stays in the pane; its child is the agent, whose child is the tool.
    const tool = 'sleep 60 & echo tool $!; wait';
    const shell = spawn('/bin/sh', ['-c', `/bin/sh -c '${tool}' & echo agent $!; wait`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const pids = new Map<string, number>();
    for await (const line of createInterface(shell.stdout)) {
      const [name = '', pid] = line.split(' ');
      pids.set(name, Number(pid));
      if (pids.size === 2) break;
    }
    const home = join(scratch, 'launched');
    const sessions = join(home, '.claude', 'sessions');
    mkdirSync(sessions, { recursive: true });
    const write = (name: string, status: object) =>
      writeFileSync(join(sessions, `${pids.get(name)}.json`), JSON.stringify(status));
    const { onSignal, received } = inbox();
    const place = { env: {}, home };
    // A watcher that begins later, when the tool has a status too.
    write('tool', { status: 'busy' });
    write('agent', { status: 'idle' });
    const following = followClaudeStatus({ folder: scratch, pid: shell.pid ?? 0, place }, onSignal);
    try {
      write('agent', { status: 'busy' });
      await received(1);
      write('tool', { status: 'idle' });
      write('agent', { status: 'waiting', waitingFor: 'permission prompt' });
      assert.deepEqual(await received(2), ['turn_started', 'approval_wanted']);
    } finally {
      following.close();
      for (const pid of [shell.pid, ...pids.values()]) if (pid) process.kill(pid, 'SIGKILL');
    }
  });
});

describe('the status of a Claude with a config folder of its own', () => {
  it('is followed there, also by a watcher that has other variables', async () => {
    const home = join(scratch, 'other');
    const config = join(home, 'work-account');
    const folder = join(scratch, 'launch');
    mkdirSync(folder);
    for (const [name, text] of Object.entries(statusFiles({ env: { CLAUDE_CONFIG_DIR: config }, home })))
      writeFileSync(join(folder, name), text);
    const { onSignal, received } = inbox();
    const following = followClaudeStatus({ folder, pid: 77, place: { env: {}, home } }, onSignal);
    mkdirSync(join(config, 'sessions'), { recursive: true });
    writeFileSync(join(config, 'sessions', '77.json'), JSON.stringify({ status: 'busy' }));
    assert.deepEqual(await received(1), ['turn_started']);
    following.close();
  });
});

describe('the events that OpenCode serves', () => {
  const event = (type: string, properties: object) => JSON.stringify({ type, properties });
  const status = (type: string, sessionID = 'ses_1') =>
    event('session.status', { sessionID, status: { type } });

  it('tell of its own session; a subagent begins and ends within a turn', () => {
    const kinds: SignalKind[] = [];
    const meanings = new Meanings((kind) => kinds.push(kind));
    meanings.read(event('session.created', { info: { id: 'ses_1' } }));
    meanings.read(event('session.created', { info: { id: 'ses_2', parentID: 'ses_1' } }));
    const reported = [
      status('busy'),
      status('busy'),
      status('idle', 'ses_2'),
      event('permission.asked', {}),
      'no json',
    ];
    for (const each of [...reported, status('retry'), event('question.asked', {}), status('idle')])
      meanings.read(each);
    assert.deepEqual(kinds, [
      'turn_started',
      'approval_wanted',
      'turn_started',
      'question_asked',
      'turn_ended',
    ]);
  });

  it('are asked for with the password, again and again until they are there', async () => {
    const folder = join(scratch, 'opencode');
    mkdirSync(folder);
    let asked = 0;
    const server = createServer((request, response) => {
      asked++;
      const { authorization = '' } = request.headers;
      const said = Buffer.from(authorization.replace('Basic ', ''), 'base64').toString();
      if (said !== 'opencode:word' || asked === 1) return response.writeHead(503).end();
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const [half = '', rest = ''] = [status('busy').slice(0, 20), status('busy').slice(20)];
      response.write(`data: ${half}`);
      return setImmediate(() => response.write(`${rest}\n\n`));
    }).listen(0, '127.0.0.1');
    await new Promise((listening) => server.once('listening', listening));
    const { port } = server.address() as AddressInfo;
    writeFileSync(join(folder, EVENTS_FILE), JSON.stringify({ port, user: 'opencode', password: 'word' }));
    const { onSignal, received } = inbox();
    const following = followOpencode({ folder, pid: 1, place: { env: {}, home: scratch } }, onSignal);
    assert.deepEqual(await received(1), ['turn_started']);
    following.close();
    server.closeAllConnections();
    server.close();
  });
});

describe("the user's own notify program of Codex", () => {
  it('is read from the top of config.toml, however it is written', () => {
    assert.deepEqual(ownNotify('model = "x"\nnotify = ["python3", "/home/me/n.py"]\n'), [
      'python3',
      '/home/me/n.py',
    ]);
    assert.deepEqual(ownNotify(`notify=[ # mine\n  "say \\"hi\\"", # words\n  'C:\\raw',\n]\n[tui]\nx = 1`), [
      'say "hi"',
      'C:\\raw',
    ]);
  });

  it('is nobody where it is of something else, or not understood', () => {
    for (const toml of [
      '',
      'notify = []',
      '[tui]\nnotify = ["x"]',
      'notify = [1]',
      '# notify = ["x"]',
      'notify = ["x"',
    ]) {
      assert.equal(ownNotify(toml), null, toml);
    }
  });
});
