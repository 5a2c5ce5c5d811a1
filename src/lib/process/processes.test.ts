import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { until } from '../testing/until.ts';
import { hasProc, isIdle, isRunning } from './process-table.ts';
import { endProcesses, identity, isAlive, workerProcesses } from './processes.ts';

/** A worker with a child that ignores HUP and TERM, and a child that has left its tree and its session. */
async function withWorker(test: (sessionId: string, pid: number) => Promise<void>) {
  const sessionId = `ap_${process.pid}_${Math.random().toString(36).slice(2)}`;
  const stubborn = `process.on('SIGTERM',()=>{});process.on('SIGHUP',()=>{});setInterval(()=>{},1000);require('node:child_process').spawn('sleep',['601']);`;
  const program = `
    const { spawn } = require('node:child_process');
    spawn(process.execPath, ['-e', ${JSON.stringify(stubborn)}], { stdio: 'ignore' });
    spawn('sh', ['-c', 'sleep 600 & exec true'], { stdio: 'ignore', detached: true });
    setInterval(() => {}, 1000);`;
  const env = { ...process.env, AGENTPOOL_SESSION_ID: sessionId };
  const child = spawn(process.execPath, ['-e', program], { stdio: 'ignore', env });
  try {
    await once(child, 'spawn');
    await test(sessionId, child.pid ?? 0);
  } finally {
    await endProcesses(() => workerProcesses({ sessionId, root: null }), { graceMs: 0 });
  }
}

describe('the processes of a worker', () => {
  it('are its tree and those that have left it, and all of them end', () =>
    withWorker(async (sessionId, pid) => {
      const root = identity(pid);
      const find = () => workerProcesses({ sessionId, root });
      const settled = () =>
        ['sleep 600', 'sleep 601'].every((sleep) => find().some(({ command }) => command === sleep));
      await until('the children', settled);
      const ended = await endProcesses(find, { graceMs: 500 });
      assert.deepEqual(find(), []);
      const signalOf = (part: string) =>
        ended.find(({ command }) => command.includes(part) && !command.includes('detached'))?.signal;
      assert.equal(signalOf('sleep 600'), 'SIGTERM');
      assert.equal(signalOf("on('SIGTERM'"), 'SIGKILL');
    }));

  it('exclude this process, even with its session id', () => {
    const before = process.env.AGENTPOOL_SESSION_ID;
    const found = workerProcesses({ sessionId: before ?? 'ap_nobody', root: identity(process.pid) });
    assert.ok(!found.some(({ pid }) => pid === process.pid));
  });
});

describe('a process', () => {
  it('is identified by its start time: a reused pid is another process', () => {
    const self = identity(process.pid);
    assert.ok(self && isAlive(self));
    assert.equal(isAlive({ pid: process.pid, started: 'at another time' }), false);
    assert.equal(identity(2 ** 30), null);
  });
});

describe('a process', () => {
  it('runs until it has ended', async () => {
    const child = spawn('sleep', ['600'], { stdio: 'ignore' });
    await once(child, 'spawn');
    const pid = child.pid ?? 0;
    assert.deepEqual([isRunning(process.pid), isRunning(pid)], [true, true]);
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.equal(isRunning(pid), false);
  });

  it('is idle while it waits and when it is gone, not while it is stopped', { skip: !hasProc }, async () => {
    const child = spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] });
    await once(child, 'spawn');
    const pid = child.pid ?? 0;
    await until('a process that waits', () => isIdle(pid));
    child.kill('SIGSTOP');
    await until('a stopped process', () => !isIdle(pid));
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.equal(isIdle(pid), true);
  });
});
