import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { identity } from '../../../lib/process/processes.ts';
import { until } from '../../../lib/testing/until.ts';
import { openApp } from '../../core/context.ts';
import { lastBeat } from '../../core/watcher/heartbeat.ts';
import { main } from '../../testing/command-line.ts';
import { Home, type Said, saidBy } from '../../testing/home.ts';
import { HomeWatcher } from './watcher.ts';

describe('a watcher whose ledger and artifact folders cannot be written', () => {
  const home = new Home({
    agents: [
      { id: 'done', program: 'fake-done' },
      { id: 'hangs', program: 'fake-hang' },
    ],
    config: { watcher: { enabled: false } },
  });

  it('keeps observing, ends no worker without a record of why, and records all of it with its times', async () => {
    const asks = await home.spawn('fake-question');
    const done = await home.spawn('done');
    const hangs = await home.spawn('hangs', '--max-runtime-seconds', '1');
    const app = await openApp(home.env, 'watcher');
    const folder = home.session(done).artifact_dir;
    renameSync(folder, `${folder}-gone`);
    const log: string[] = [];
    const stop = new AbortController();
    const watching = new HomeWatcher(app, (line) => log.push(line)).run(stop.signal);
    // It has its lease. SQLite's own switch: from now on nothing can be written, as on a disk that has become read-only.
    app.ledger.store.connection.pragma('query_only = ON');
    const before = home.events().length;
    const self = identity(process.pid) ?? { pid: 0, started: '' };
    await until('what is seen to be kept', () => (lastBeat(app.paths, self)?.waiting ?? 0) >= 3);
    const logged = (words: RegExp) =>
      until(`${words} in the log`, () => log.some((line) => words.test(line)));
    await logged(/kept in memory until the ledger can be written/);
    await logged(/has exceeded its deadline/);
    await logged(/screen\.txt/);
    assert.ok(home.processesOf(hangs).length > 0, 'it is not ended without its record');
    assert.equal(home.events().length, before);
    const writableFrom = new Date().toISOString();
    renameSync(`${folder}-gone`, folder);
    app.ledger.store.connection.pragma('query_only = OFF');
    await home.ends(hangs);
    await home.ends(done);
    const kept = home
      .events()
      .filter(({ occurred_at }, index) => index >= before && occurred_at < writableFrom);
    for (const [id, type] of [
      [asks, 'worker.transitioned'],
      [done, 'worker.exited'],
      [hangs, 'worker.deadline_exceeded'],
    ]) {
      const same = kept.filter((event) => event.stream_id === `worker/${id}` && event.type === type);
      assert.equal(same.length, 1, `${id} ${type}`);
    }
    const times = kept.map(({ occurred_at }) => occurred_at);
    assert.deepEqual(times, times.toSorted());
    assert.ok(kept.every(({ recorded_at }) => recorded_at >= writableFrom));
    assert.deepEqual(
      [asks, done, hangs].map((id) => home.session(id).state),
      ['AWAITING_USER_INPUT', 'COMPLETED', 'FAILED'],
    );
    // The transcript had no place: what was printed was in memory.
    assert.equal(home.session(done).result, 'present');
    const written = (file: string) => {
      const path = join(folder, file);
      return existsSync(path) && readFileSync(path, 'utf8').includes('Done and gone.');
    };
    await until('its last screen', () => written('screen.txt'));
    await until('its transcript', () => written('transcript.txt'));
    stop.abort();
    assert.equal(await watching, true);
    app.ledger.close();
  });
});

describe('a command whose ledger cannot be written', () => {
  const home = new Home({ agents: [{ id: 'menu', program: 'fake-menu' }], wholeProcesses: true });

  /** Runs a command that can write to no file, as on a full disk or beyond a quota; needs no rights. */
  function withoutDisk(...words: string[]): Promise<Said> {
    const line = ['-c', 'ulimit -f 0; exec "$@"', 'sh', process.execPath, main, ...words, '--json'];
    return saidBy(spawn('sh', line, { cwd: home.repo, env: home.env, stdio: ['ignore', 'pipe', 'pipe'] }));
  }

  it('is refused before it has done anything, says why, and questions are answered', async () => {
    const id = await home.spawn('menu');
    await home.reaches(id, 'AWAITING_APPROVAL', 'AWAITING_USER_INPUT');
    const before = home.events().length;
    const screen = () => home.tmux(id, 'capture-pane', '-p', '-t', home.session(id).tmux_pane);
    const shown = screen();
    for (const words of [
      ['terminate', id],
      ['send', '--force', id, 'the endpoints'],
      ['answer', id, '--choice', '1'],
      ['interrupt', id],
      ['spawn', '--provider', 'fake-idle', '--task', 'Look for the parser'],
      ['collect', id],
      ['leases', 'acquire', '--session', id, '--file', 'a.txt', '--mode', 'write'],
    ]) {
      const { code, stdout, stderr } = await withoutDisk(...words);
      assert.notEqual(code, 0, words.join(' '));
      const { error } = JSON.parse(stdout || stderr);
      assert.match(
        error.code,
        /^(LEDGER_(DISK_FULL|NOT_WRITABLE)|STORAGE_FULL)$/,
        `${words}: ${error.message}`,
      );
      assert.ok(error.details.example, words.join(' '));
    }
    assert.deepEqual([home.events().length, screen(), home.tmuxSessions().length], [before, shown, 1]);
    assert.ok(home.processesOf(id).length > 0);
    for (const words of [['sessions'], ['session', 'show', id], ['observe', id], ['explain', id]]) {
      const { code, stdout, stderr } = await withoutDisk(...words);
      assert.equal(code, 0, `${words}: ${stdout}${stderr}`);
    }
  });
});
