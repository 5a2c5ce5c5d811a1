import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Home } from '../../../workers/testing/home.ts';
import { Terminal } from '../../testing/terminal.ts';

describe('agentpool terminate --all', () => {
  it('is refused without a terminal to ask at, and ends nothing', async () => {
    const home = new Home();
    const id = await home.spawn('fake-idle');
    const { code, stdout, stderr } = await home.run(['terminate', '--all']);
    assert.equal(code, 2);
    assert.equal(stdout, '');
    assert.match(stderr, /would end 1 worker, and there is no terminal to ask at.*--yes/);
    assert.equal(await home.refused(['kill', '--all']), 'INVALID_REQUEST');
    assert.equal(home.session(id).alive, 1);
  });

  it('ends every worker with --yes, whoever started it, and drops what is queued', async () => {
    const home = new Home({ config: { policy: { max_parallel_sessions: 1 } } });
    const one = await home.spawn('fake-idle');
    const env = { AGENTPOOL_COORDINATOR_ID: 'someone-else' };
    const words = ['spawn', '--provider', 'fake-idle', '--task', 'Wait', '--json'];
    const other = (await home.json(words.slice(0, -1), { env })).session_id;
    const queued = await home.spawn('fake-idle', '--queue', '--task', 'Later');
    assert.equal(home.session(queued).state, 'QUEUED');
    const dry = await home.json(['terminate', '--all', '--dry-run']);
    assert.deepEqual([dry.ok, dry.dry_run, dry.terminated.length], [true, true, 3]);
    assert.deepEqual([home.session(one).alive, home.session(other).alive], [1, 1]);
    const report = await home.json(['terminate', '--all', '--yes']);
    assert.equal(report.ok, true);
    assert.deepEqual(
      report.terminated.map((each: { session_id: string }) => each.session_id).sort(),
      [one, other, queued].sort(),
    );
    assert.deepEqual(
      home.sessions().map(({ alive, state }) => [alive, state]),
      [
        [0, 'CANCELLED'],
        [0, 'CANCELLED'],
        [0, 'CANCELLED'],
      ],
    );
    const again = await home.run(['terminate', '--all']);
    assert.deepEqual([again.code, again.stdout], [0, 'No worker runs: there is nothing to end.\n']);
  });

  it('ends the others if one cannot be ended, and says which and why', async () => {
    const home = new Home();
    const [kept, other] = [await home.spawn('fake-idle'), await home.spawn('fake-idle')];
    // As after an update of tmux: its new client cannot talk to the server of one worker.
    const bin = join(home.ground, 'bin');
    mkdirSync(bin);
    const real = execFileSync('sh', ['-c', 'command -v tmux'], { encoding: 'utf8' }).trim();
    const refuses = `case "$*" in *${kept}*) echo "protocol version mismatch" >&2; exit 1 ;; esac`;
    writeFileSync(join(bin, 'tmux'), `#!/bin/sh\n${refuses}\nexec ${real} "$@"\n`, { mode: 0o755 });
    const env = { PATH: `${bin}:${home.env.PATH}` };
    const { code, stdout, stderr } = await home.run(['terminate', '--all', '--yes'], { env });
    assert.equal(code, 1);
    assert.match(stdout, new RegExp(`^ended ${other} `, 'm'), stderr);
    assert.match(stdout, new RegExp(`^not ended ${kept}: .*protocol version mismatch`, 'm'));
    assert.equal((await home.run(['terminate', kept])).code, 0);
  });

  it('lists on a terminal what would end, and asks: only yes ends it', async () => {
    const home = new Home();
    const id = await home.spawn('fake-idle', '--task', 'Rename the billing tables');
    const terminal = new Terminal(home, { cols: 110, rows: 30 });
    terminal.type('terminate', '--all');
    await terminal.shows(/\[y\/N\]/);
    assert.match(terminal.screen(), new RegExp(`${id} .*Rename the billing tables`));
    terminal.press('Enter');
    assert.equal(await terminal.exits(), 1);
    assert.match(terminal.screen(), /Nothing was ended\./);
    assert.equal(home.session(id).alive, 1);
    terminal.type('kill', '--all');
    await terminal.shows(/\[y\/N\]/);
    terminal.press('y', 'Enter');
    assert.equal(await terminal.exits(), 0);
    assert.equal(home.session(id).alive, 0);
  });

  it('wants a worker or --all, and not both', async () => {
    const home = new Home();
    for (const words of [['terminate'], ['terminate', '@last', '--all']])
      assert.equal(await home.refused(words), 'INVALID_REQUEST');
  });
});
