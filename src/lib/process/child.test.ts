import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { until } from '../testing/until.ts';
import { type ChildSpec, runToEnd, startChild } from './child.ts';

const folder = mkdtempSync(join(tmpdir(), 'child-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const sh = (script: string): ChildSpec => ({
  command: '/bin/sh',
  args: ['-c', script],
  cwd: folder,
  env: { PATH: process.env.PATH, HOME: folder },
});
const never = new AbortController().signal;

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    // A zombie whose parent does not reap it counts as dead here.
    return !(existsSync(`/proc/${pid}/stat`) && /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8')));
  } catch {
    return false;
  }
};
const pidIn = (name: string): number =>
  Number(existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : 0);

describe('a program that exits by itself', () => {
  it('gives its output, its errors and its exit code', async () => {
    const done = await runToEnd(sh('read line; echo "got $line"; echo no >&2; exit 3'), never, 'hi\n');
    assert.deepEqual([done.stdout, done.stderr, done.code, done.timed_out], ['got hi\n', 'no\n', 3, false]);
  });

  it('is distinguished from one that could not be started', async () => {
    const done = await runToEnd({ ...sh(''), command: join(folder, 'missing') }, never);
    assert.deepEqual([done.error, done.code], ['ENOENT', null]);
  });

  it('is drained while it fills both pipes', async () => {
    const done = await runToEnd(
      sh(
        'i=0; while [ $i -lt 300 ]; do head -c 8192 /dev/zero | tr "\\0" x; head -c 8192 /dev/zero >&2; i=$((i+1)); done',
      ),
      never,
    );
    assert.deepEqual([done.stdout.length, done.code, done.overflowed], [300 * 8192, 0, false]);
  });

  it('is ended if it prints more than the limit', async () => {
    const done = await runToEnd(sh('exec cat /dev/zero'), AbortSignal.timeout(30_000));
    assert.equal(done.overflowed, true);
  });

  it('is not waited for if only a grandchild keeps the pipe open, which is ended', async () => {
    const done = await runToEnd(sh('sleep 600 & echo $! > keeper; echo out'), never);
    assert.deepEqual([done.stdout, done.code], ['out\n', 0]);
    await until('the end of the keeper', () => !alive(pidIn('keeper')));
  });
});

describe('a program at its deadline', () => {
  it('is ended although it ignores TERM', async () => {
    const done = await runToEnd(
      sh('trap "" TERM; echo $$ > stubborn; while :; do sleep 1; done'),
      AbortSignal.timeout(500),
    );
    assert.equal(done.timed_out, true);
    await until('the end of the stubborn one', () => !alive(pidIn('stubborn')));
  });

  it('is ended although it has emptied its environment', async () => {
    const done = await runToEnd(sh('echo $$ > bare; exec env -i /bin/sleep 600'), AbortSignal.timeout(500));
    assert.equal(done.timed_out, true);
    await until('the end of the bare one', () => !alive(pidIn('bare')));
  });

  it('is ended together with processes that left its process group and session', async () => {
    const leave = `setsid sh -c 'echo $$ > escaped; trap "" TERM HUP; while :; do sleep 1; done' >/dev/null 2>&1 & wait`;
    const child = startChild(sh(process.platform === 'linux' ? leave : leave.replace('setsid ', '')));
    await until('the one that escapes', () => pidIn('escaped') > 0);
    await child.stop();
    assert.ok(!alive(pidIn('escaped')));
  });
});

describe('a program with an open input', () => {
  it('answers while its input stays open, and ends when the input ends', async () => {
    const child = startChild(sh('while read line; do echo "re: $line"; done; echo bye > said-bye'));
    child.write('one\n');
    const printed = child.output()[Symbol.asyncIterator]();
    assert.equal((await printed.next()).value, 're: one\n');
    await child.stop();
    assert.ok(existsSync(join(folder, 'said-bye')), 'it had the time to end by itself');
    assert.equal((await child.exited).code, 0);
  });
});
