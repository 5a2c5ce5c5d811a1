import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { until } from '../lib/testing/until.ts';
import { Home } from '../workers/testing/home.ts';
import { Terminal } from './testing/terminal.ts';

/** A pager that writes what it gets into a file of the repository. */
const PAGER = 'cat > paged.txt';

const hasLess = spawnSync('less', ['--version']).status === 0;

describe('a long answer', () => {
  const home = new Home();
  const paged = join(home.repo, 'paged.txt');
  Object.assign(home.env, { AGENTPOOL_PAGER: PAGER });

  it('goes through the pager if it is longer than the terminal, with its colours', async () => {
    const terminal = new Terminal(home, { cols: 80, rows: 12 });
    terminal.type('models');
    assert.equal(await terminal.exits(), 0);
    assert.match(readFileSync(paged, 'utf8'), /\u001b\[1mcodex-cli[\s\S]*MODEL/);
    writeFileSync(paged, '');

    terminal.type('leases', 'list');
    await terminal.shows(/Nothing is leased/);
    terminal.type('models', '--no-pager');
    await terminal.exits();
    assert.equal(readFileSync(paged, 'utf8'), '');
  });

  it('is printed directly if the pager does not exist or is turned off', async () => {
    writeFileSync(paged, '');
    home.env.AGENTPOOL_PAGER = 'no-such-pager-here';
    const without = new Terminal(home, { cols: 80, rows: 13 });
    without.type('models');
    assert.equal(await without.exits(), 0);
    home.env.AGENTPOOL_PAGER = PAGER;
    assert.match(without.screen(), /no-such-pager-here|MODEL/);
    assert.equal(readFileSync(paged, 'utf8'), '');
  });

  it('of help, or of a command without a ledger, goes through the pager too', async () => {
    const terminal = new Terminal(home, { cols: 80, rows: 12 });
    const cases: [words: string[], shown: RegExp][] = [
      [['help'], /agentpool/],
      [['spawn', '--help'], /--allowed-file/],
      [['config', 'print'], /max_parallel_sessions/],
      [['doctor'], /tmux/],
    ];
    for (const [words, shown] of cases) {
      writeFileSync(paged, '');
      terminal.type(...words);
      assert.equal(await terminal.exits(), 0);
      assert.match(readFileSync(paged, 'utf8'), shown, words.join(' '));
      terminal.press('clear', 'Enter');
    }
    writeFileSync(paged, '');
    terminal.type('spawn', '--help', '--no-pager');
    await terminal.exits();
    assert.equal(readFileSync(paged, 'utf8'), '');
  });

  it('stays in less at Ctrl-C, and ends when less is quit', { skip: !hasLess }, async () => {
    home.env.AGENTPOOL_PAGER = 'less';
    const terminal = new Terminal(home, { cols: 80, rows: 12 });
    home.env.AGENTPOOL_PAGER = PAGER;
    terminal.type('models');
    await terminal.shows(/^:$/m);
    terminal.press('C-c');
    // When it is interrupted, less drops the keys that it has not read yet.
    const atEnd = () => {
      terminal.press('G');
      return /\(END\)/.test(terminal.screen());
    };
    await until('the end of the answer in less', atEnd, () => terminal.screen());
    terminal.press('q');
    assert.equal(await terminal.exits(), 0);
  });

  it('goes directly to the terminal if the config turns the pager off', async () => {
    const quiet = new Home({ config: { pager: false } });
    const log = join(quiet.repo, 'paged.txt');
    writeFileSync(log, '');
    Object.assign(quiet.env, { AGENTPOOL_PAGER: PAGER });
    const terminal = new Terminal(quiet, { cols: 80, rows: 12 });
    for (const words of [['models'], ['help']]) {
      terminal.type(...words);
      await terminal.exits();
      terminal.press('clear', 'Enter');
    }
    assert.equal(readFileSync(log, 'utf8'), '');
  });

  it('is unchanged in a pipe, and has one record or figure per line with --plain', async () => {
    const { stdout } = await home.run(['models']);
    assert.match(stdout, /^codex-cli {2}--model MODEL/);
    const plain = (await home.run(['models', '--plain'])).stdout.trimEnd().split('\n');
    for (const line of plain) assert.match(line, /^[\w-]+(\t[^\t]*){3}$/);
    const cached = (await home.run(['usage', '--cached', '--plain'])).stdout;
    assert.match(cached, /^snapshots\.0\.provider_id\tcodex-cli$/m);
  });

  it('without records prints no line with --plain', async () => {
    for (const words of [['leases', 'list'], ['sessions'], ['events'], ['tokens']]) {
      const { code, stdout } = await home.run([...words, '--plain']);
      assert.deepEqual([code, stdout], [0, ''], words.join(' '));
    }
  });

  it('of a worker can be cut and grepped, event by event and file by file', async () => {
    const id = await home.spawn('fake-idle');
    await home.run(['terminate', id]);
    await home.run(['collect', id]);
    const records = async (...words: string[]) =>
      (await home.run([...words, '--plain'])).stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.split('\t'));
    const types = (await records('events', '--session', id)).map(([, , , type]) => type);
    assert.equal(types[0], 'worker.spawn_requested');
    const reported = await records('replay', id);
    assert.deepEqual(
      reported.map(([, , , type]) => type),
      types,
    );
    assert.equal(reported[0]?.[2], 'STARTING');
    for (const [, , path = ''] of await records('artifacts', id)) assert.ok(existsSync(path), path);
  });

  it('of files names their folder once, relative to the home of the user, and fits the terminal', async () => {
    const user = String(home.env.HOME);
    const env = { AGENTPOOL_HOME: join(user, '.agentpool') };
    const spawned = ['spawn', '--provider', 'fake-idle', '--task', 'Look for the parser'];
    const { session_id } = await home.json(spawned, { env });
    await home.run(['observe', '@last', '--wait-for', 'idle', '--timeout', '60'], { env });
    await home.run(['collect', '@last'], { env });
    const { stdout } = await home.run(['artifacts', '@last'], { env });
    await home.run(['terminate', '@last'], { env });
    const [folder, , ...files] = stdout.trimEnd().split('\n');
    assert.equal(folder, `~/.agentpool/artifacts/${session_id}`);
    assert.ok(
      files.some((line) => /^transcript +.* {2}transcript\.txt$/.test(line)),
      stdout,
    );
    for (const line of files) assert.ok(line.length <= 80 && !line.includes('/'), line);
  });

  it('keeps the end of a path that does not fit', async () => {
    const id = await home.spawn('fake-idle');
    const file = 'src/deeply/nested/folder/of/things/that/go/on/parser-of-everything.ts';
    await home.run(['leases', 'acquire', '--session-id', id, '--file', file]);
    const { stdout } = await home.run(['leases', 'list']);
    const [, row = ''] = stdout.split('\n');
    assert.match(row, /…\S+\/parser-of-everything\.ts$/);
    assert.equal(row.length, 80);
  });
});
