import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { secrets } from '../../../fixtures/agents/lib/secrets.mjs';
import { until } from '../../lib/testing/until.ts';
import { Home } from '../testing/home.ts';

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

describe('a transcript', () => {
  const home = new Home({
    agents: [
      { id: 'fast', program: 'fake-flood', env: { FAKE_LINES: '2000', FAKE_RATE: '2000' } },
      { id: 'flood', program: 'fake-flood', env: { FAKE_LINES: '100000' } },
      { id: 'wide', program: 'fake-wide' },
      { id: 'leak', program: 'fake-leak' },
    ],
  });

  for (const [agent, count] of [
    ['fast', 2000],
    ['flood', 100_000],
  ] as const) {
    it(`holds ${count} lines, each once and in order`, async () => {
      const id = await home.spawn(agent);
      await home.reaches(id, 'COMPLETED');
      await home.run(['terminate', id]);
      const lines = readFileSync(home.session(id).transcript_path, 'utf8').match(/^line \d+ .*$/gm) ?? [];
      const wrong = lines.findIndex(
        (line, index) =>
          line !== `line ${String(index + 1).padStart(6, '0')} the quick brown fox jumps over the lazy dog`,
      );
      assert.deepEqual(
        { wrong, there: lines[wrong], count: lines.length },
        { wrong: -1, there: undefined, count },
      );
    });
  }

  it('is read page by page without splitting a character, and from its end', async () => {
    const id = await home.spawn('wide');
    await home.reaches(id, 'IDLE', 'COMPLETED');
    await home.run(['terminate', id]);
    // The watcher writes the last rows of the screen once it sees that the pane is gone.
    await until('its prompt', () => readFileSync(home.session(id).transcript_path, 'utf8').endsWith('\n>\n'));
    const whole = await home.json(['transcript', id, '--limit', '1000000']);
    assert.equal(whole.has_more, false);
    assert.ok(Buffer.byteLength(whole.text) > whole.text.length);
    let text = '';
    for (let offset = 0, more = true; more; ) {
      const page = await home.json(['transcript', id, '--offset', String(offset), '--limit', '97']);
      assert.equal(page.offset, offset);
      assert.ok(!page.text.includes('\ufffd'));
      text += page.text;
      [offset, more] = [page.next_offset, page.has_more];
    }
    assert.equal(text, whole.text);
    const tail = await home.json(['transcript', id, '--tail-lines', '3']);
    assert.deepEqual(tail.text.split('\n'), whole.text.trimEnd().split('\n').slice(-3));
    assert.equal(await home.refused(['transcript', id, '--tail-lines', '0']), 'INVALID_TRANSCRIPT_RANGE');
  });

  it('and everything else in the home holds none of the secrets that a worker printed or received', async () => {
    const printedSecrets = secrets.filter(({ text }) => !text.includes('\n')).slice(0, 12);
    const task = `Look at these:\n${printedSecrets.map(({ text }) => text).join('\n')}`;
    const id = await home.spawn('leak', '--task', task);
    await home.reaches(id, 'COMPLETED');
    await home.run(['send', id, `and ${printedSecrets[0]?.text}`]);
    await home.json(['observe', id, '--wait-for', 'completed', '--timeout', '60', '--detail', 'full']);
    await home.run(['collect', id]);
    // While everything runs, with the -wal of the ledger, and when all processes have ended.
    for (const moment of ['while it runs', 'when it has ended']) {
      for (const file of filesBelow(home.folder)) {
        const content = contentOf(file);
        for (const { kind, secrets: parts } of secrets) {
          for (const secret of parts) {
            assert.ok(!content.includes(secret), `${kind} in ${file} ${moment}`);
            assert.ok(
              !content.replaceAll('\n', '').includes(secret),
              `${kind}, wrapped, in ${file} ${moment}`,
            );
          }
        }
      }
      await home.run(['terminate', id]);
    }
  });

  it('and everything else in the home is readable only by its owner', () => {
    const entries = readdirSync(home.folder, { recursive: true, withFileTypes: true });
    const open = entries
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => (statSync(path).mode & 0o077) !== 0)
      .filter((path) => path !== join(home.folder, 'config.yaml'));
    assert.deepEqual(open, []);
    assert.equal(statSync(home.folder).mode & 0o777, 0o700);
  });
});

/** Empty for a temporary file that was renamed in between: it is read under its final name. */
function contentOf(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
