import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Home } from '../workers/testing/home.ts';
import { Terminal } from './testing/terminal.ts';

/** A pager that writes what it gets into a file of the repository. */
const PAGER = 'cat > paged.txt';

describe('a list', () => {
  const home = new Home();
  const paged = join(home.repo, 'paged.txt');
  Object.assign(home.env, { AGENTPOOL_PAGER: PAGER });

  it('goes through the pager where it is longer than the terminal, with its colours', async () => {
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

  it('is printed where there is no such pager, or none is wanted', async () => {
    const terminal = new Terminal(home, { cols: 80, rows: 40 });
    home.env.AGENTPOOL_PAGER = 'no-such-pager-here';
    const without = new Terminal(home, { cols: 80, rows: 13 });
    without.type('models');
    assert.equal(await without.exits(), 0);
    home.env.AGENTPOOL_PAGER = PAGER;
    assert.equal(existsSync(paged) && readFileSync(paged, 'utf8'), '');
    terminal.type('sessions');
    await terminal.shows(/No workers yet/);
  });

  it('is as it is into a pipe, and one figure a line with --plain', async () => {
    const { stdout } = await home.run(['models']);
    assert.match(stdout, /^codex-cli {2}--model MODEL/);
    const plain = (await home.run(['models', '--plain'])).stdout.trimEnd().split('\n');
    assert.ok(
      plain.every((line) => /^[\w.-]+\t/.test(line)),
      plain[0],
    );
    assert.ok(plain.includes('providers.0.provider_id\tcodex-cli'));
    for (const words of [
      ['leases', 'list'],
      ['providers'],
      ['usage-summary'],
      ['usage', '--cached'],
      ['tokens'],
    ])
      assert.equal((await home.run([...words, '--plain'])).code, 0, words.join(' '));
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
