import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { until } from '../../../lib/testing/until.ts';
import { Home } from '../../testing/home.ts';
import { killAtLimit } from '../../testing/limit-handover-kills.ts';

const HAND_OVER = ['--isolation', 'worktree', '--role', 'implementer', '--task', 'Edit it; resets in 600 s'];

/** Puts a tmux in the path that does this instead of starting its second server, and those after it if `then` says so. */
function fromTheSecond(home: Home, what: string, then: 'once' | 'always'): void {
  const bin = join(home.ground, 'bin');
  const count = join(home.ground, 'count');
  const real = execFileSync('sh', ['-c', 'command -v tmux'], { encoding: 'utf8' }).trim();
  mkdirSync(bin);
  const isIt = `[ $(wc -l < ${count}) ${then === 'once' ? '-eq' : '-ge'} 2 ]`;
  const script = `#!/bin/sh\ncase "$*" in *start-server*) echo >> ${count}; ${isIt} && { ${what}; } ;; esac\nexec ${real} "$@"\n`;
  writeFileSync(join(bin, 'tmux'), script, { mode: 0o755 });
  home.env.PATH = `${bin}:${home.env.PATH}`;
}

describe('a handover at a limit', () => {
  it('is finished if its watcher is killed after the work was passed on and before the successor was started', async () => {
    const home = new Home({ wholeProcesses: true });
    fromTheSecond(home, 'kill -9 $PPID; exit 1', 'once');
    const old = await home.spawn('fake-limit-wait', '--on-limit', 'fake-patch', ...HAND_OVER);
    await until('the handover', () => home.eventsOf('worker.took_over')[0]);
    await until('the kill', () => home.watcherPid() === null);
    await home.run(['sessions']);
    const [first, second] = home.eventsOf('worker.handover_requested', old).map(({ data }) => data);
    assert.deepEqual(first?.to, second?.to);
    assert.equal(home.session(old).successor, second?.successor);
    await home.reaches(second?.successor ?? '', 'COMPLETED');
    assert.equal(home.session(first?.successor ?? '').state, 'FAILED');
    const { stdout, code } = await home.run(['replay', '--all', '--verify']);
    assert.equal(code, 0, stdout);
  });

  it('leaves the worker lost and resumable if none of the list can be started', async () => {
    const home = new Home({ wholeProcesses: true });
    fromTheSecond(home, 'exit 1', 'always');
    const task = {
      name: 'one',
      provider: 'fake-limit-wait',
      task: 'Edit it; resets in 600 s',
      isolation: 'worktree',
      role: 'implementer',
      on_limit: 'fake-patch,fake-idle',
    };
    const file = join(home.repo, 'tasks.yaml');
    // JSON is YAML.
    writeFileSync(file, JSON.stringify({ tasks: [task] }));
    const { tasks } = await home.json(['run', '--tasks', file]);
    const old: string = tasks[0].session_id;
    assert.equal(home.sessions().length, 3);
    assert.deepEqual([tasks[0].exit_reason, tasks[0].provider_id], ['failed', 'fake-limit-wait']);
    const { successor, alive } = home.session(old);
    const [, last] = await until('both to fail', () => {
      const failed = home.eventsOf('worker.handover_failed', old);
      return failed.length === 2 && failed;
    });
    assert.deepEqual([successor, alive, last?.data.state], [null, 0, 'LOST']);
    const [, second] = home.eventsOf('worker.handover_requested', old);
    assert.deepEqual(
      [second?.data.to.provider_id, second?.data.tried[0]?.provider_id],
      ['fake-idle', 'fake-patch'],
    );
    const { session } = await home.json(['session', 'show', old]);
    assert.equal(session.resumable, true);
    const { stdout, code } = await home.run(['replay', '--all', '--verify']);
    assert.equal(code, 0, stdout);
  });

  // scripts/kills/handover-at-limit.ts does the same a hundred times.
  it('is made once, along the list of its caller, whenever the watcher is killed', () =>
    killAtLimit(new Home(), { times: 3, mostMs: 700 }));
});
