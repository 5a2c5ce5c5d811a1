import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { until } from '../../../lib/testing/until.ts';
import { Home } from '../../../workers/testing/home.ts';
import { Terminal } from '../../testing/terminal.ts';

/** What a started command prints, as it prints it. */
function following(child: ChildProcess) {
  const seen = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream]?.on('data', (chunk) => {
      seen[stream] += String(chunk);
    });
  const closed = once(child, 'close');
  return {
    seen,
    shows: (what: RegExp) =>
      until(
        String(what),
        () => {
          const all = seen.stdout + seen.stderr;
          if (what.test(all)) return true;
          if (child.exitCode !== null) throw new Error(`ended before ${what}: ${all}`);
          return false;
        },
        () => seen.stdout + seen.stderr,
      ),
    async ends(): Promise<number | string> {
      await closed;
      return child.exitCode ?? child.signalCode ?? 'unknown';
    },
  };
}

describe('agentpool logs', () => {
  const home = new Home({
    agents: [
      { id: 'flood', program: 'fake-flood', env: { FAKE_LINES: '3000' } },
      { id: 'spin', program: 'fake-spin', env: { FAKE_DELAY_MS: '2500' } },
    ],
    config: { policy: { max_parallel_sessions: 20 } },
  });

  it('prints the whole transcript, or the end of it', async () => {
    const id = await home.spawn('flood');
    await home.reaches(id, 'COMPLETED');
    const { stdout } = await home.run(['logs', id]);
    const numbers = [...stdout.matchAll(/^line (\d+) /gm)].map(([, number]) => Number(number));
    assert.deepEqual(
      numbers,
      Array.from({ length: 3000 }, (_, index) => index + 1),
    );
    const all = stdout.trimEnd().split('\n');
    const { stdout: end } = await home.run(['logs', id, '-n', '5']);
    assert.deepEqual(end.trimEnd().split('\n'), all.slice(-5));
    const page = await home.json(['logs', id, '-n', '5']);
    assert.deepEqual([page.mode, page.tail_lines, page.text], ['tail', 5, end]);
    assert.equal((await home.json(['logs', id])).text, stdout);
  });

  it('follows a worker until it has ended, and prints each line once', async () => {
    const id = await home.spawn('flood');
    const logs = following(home.start(['logs', id, '--follow', '-n', '100000']));
    await logs.shows(/line 003000/);
    await home.reaches(id, 'COMPLETED');
    await home.run(['terminate', id]);
    assert.equal(await logs.ends(), 0);
    const numbers = [...logs.seen.stdout.matchAll(/^line (\d+) /gm)].map(([, number]) => Number(number));
    assert.deepEqual(
      numbers,
      Array.from({ length: 3000 }, (_, index) => index + 1),
    );
    assert.match(logs.seen.stderr, new RegExp(`^${id} has ended \\(COMPLETED\\)$`, 'm'));
  });

  it('shows what a worker says between two messages, and prints nothing of a spinner', async () => {
    const idle = await home.spawn('fake-idle');
    const logs = following(home.start(['logs', idle, '-f']));
    await logs.shows(/Message 1 noted/);
    await home.run(['send', idle, 'and now']);
    await logs.shows(/Message 2 noted/);
    assert.equal(logs.seen.stdout.split('Message 1 noted').length, 2);
    await home.run(['terminate', idle]);
    assert.equal(await logs.ends(), 0);
    const spun = await home.spawn('spin');
    const quiet = following(home.start(['logs', spun, '-f']));
    await quiet.shows(/Spun and completed/);
    await home.run(['terminate', spun]);
    await quiet.ends();
    assert.ok((quiet.seen.stdout.match(/Working\.\.\./g) ?? []).length <= 2, quiet.seen.stdout);
  });

  it('prints a piece per line with --json, each with its place in the file', async () => {
    const id = await home.spawn('fake-idle');
    await home.reaches(id, 'IDLE');
    const child = home.start(['logs', id, '-f', '--json']);
    const logs = following(child);
    await logs.shows(/Message 1 noted/);
    await home.run(['send', id, 'more']);
    await logs.shows(/Message 2 noted/);
    await home.run(['terminate', id]);
    await logs.ends();
    const pieces = logs.seen.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.ok(pieces.length >= 2);
    for (const { session_id, mode, offset, next_offset, text } of pieces) {
      assert.deepEqual([session_id, mode], [id, 'page']);
      assert.equal(next_offset - offset, Buffer.byteLength(text));
    }
    assert.equal(logs.seen.stderr, '');
  });

  it('ends at Ctrl-C with 130, and leaves the worker running', async () => {
    const id = await home.spawn('fake-idle');
    const child = home.start(['logs', id, '--follow']);
    const logs = following(child);
    await logs.shows(/Message 1 noted/);
    child.kill('SIGINT');
    assert.equal(await logs.ends(), 130);
    assert.equal(home.session(id).alive, 1);
  });

  it('goes on with a worker that was lost when it is resumed', async () => {
    const id = await home.spawn('fake-resume', '--task', 'Look for the parser; it takes 600 s');
    await home.reaches(id, 'RUNNING');
    const logs = following(home.start(['logs', id, '--follow']));
    await logs.shows(/./);
    home.tmux(id, 'kill-server');
    await home.reaches(id, 'LOST');
    await logs.shows(new RegExp(`${id} is lost`));
    const { code, stderr } = await home.run(['resume', id, '--task', 'Say the word pomegranate']);
    assert.equal(code, 0, stderr);
    await logs.shows(/pomegranate/);
    await home.run(['terminate', id]);
    assert.equal(await logs.ends(), 0);
  });

  it('ends when its reader does', async () => {
    const id = await home.spawn('flood');
    const terminal = new Terminal(home, { cols: 100, rows: 20 });
    await home.reaches(id, 'COMPLETED');
    terminal.typeLine(`${process.execPath} ${process.cwd()}/dist/main.js logs ${id} | head -n 1`);
    assert.equal(await terminal.exits(), 0);
    assert.match(terminal.screen(), /^fake-flood ready$/m);
  });
});
