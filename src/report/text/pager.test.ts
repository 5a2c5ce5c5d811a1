import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { temporaryFolder } from '../../lib/testing/processes.ts';
import { page } from './pager.ts';

const folder = temporaryFolder();
const paged = join(folder, 'paged.txt');
const INTO_FILE = `cat > '${paged}'`;

/** The output on a terminal of ten lines. The pager writes to the file that its command names. */
async function printed(texts: Parameters<typeof page>[0], pager: string, rows = 10): Promise<string> {
  const stdout = Object.assign(new PassThrough(), { isTTY: true, rows, columns: 20 });
  const said = text(stdout);
  await page(texts, stdout, { ...process.env, AGENTPOOL_HOME: folder, AGENTPOOL_PAGER: pager });
  stdout.end();
  return said;
}

const lines = (count: number) => Array.from({ length: count }, (_, index) => `line ${index}\n`);

describe('a pager', () => {
  it('gets texts that are longer than the terminal, and no others', async () => {
    assert.equal(await printed(lines(200), INTO_FILE), '');
    assert.equal(readFileSync(paged, 'utf8'), lines(200).join(''));
    assert.equal(await printed(lines(9), 'exit 1'), lines(9).join(''));
  });

  it('counts a line that is wider than the terminal as the lines that it takes', async () => {
    const wide = `${'x'.repeat(190)}\n`;
    assert.equal(await printed([wide], INTO_FILE), '');
    assert.equal(readFileSync(paged, 'utf8'), wide);
  });

  it('stops the production of texts when it is quit', async () => {
    let made = 0;
    let isLeft = false;
    function* endless() {
      try {
        for (;;) yield `line ${made++}\n`;
      } finally {
        isLeft = true;
      }
    }
    assert.equal(await printed(endless(), 'head -1 > /dev/null'), '');
    assert.ok(isLeft);
  });

  it('has shown the earlier texts when the production fails, and the error is passed on', async () => {
    async function* broken() {
      yield* lines(20);
      throw new Error('the disk is gone');
    }
    await assert.rejects(printed(broken(), INTO_FILE), /the disk is gone/);
  });

  it('is not used if its name is empty, or cat', async () => {
    for (const none of ['', ' ', 'cat']) assert.equal(await printed(lines(50), none), lines(50).join(''));
  });
});
