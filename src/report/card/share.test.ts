import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ledgerHome } from '../../cli/testing/ledger-home.ts';
import { run } from '../../cli/testing/run.ts';
import { temporaryFolder } from '../../lib/testing/processes.ts';
import type { SharedCard } from '../../workers/queries/stats/stats-schema.ts';
import { png } from './png.ts';
import { text } from './svg.ts';

const shareTo = async (file: string) =>
  run(await ledgerHome('question-answered'), ['stats', '--since', 'all', '--share', file, '--json']);

describe('agentpool stats --share', () => {
  it('writes a PNG of 1200 by 630', async () => {
    const file = join(temporaryFolder(), 'stats.png');
    const { code, json } = await shareTo(file);
    assert.equal(code, 0);
    const image = readFileSync(file);
    const { shared } = json<{ shared: SharedCard }>();
    assert.deepEqual(shared, { path: file, format: 'png', width: 1200, height: 630, bytes: image.length });
    assert.equal(image.toString('latin1', 1, 4), 'PNG');
    assert.deepEqual([image.readUInt32BE(16), image.readUInt32BE(20)], [1200, 630]);
  });

  it('writes an SVG with embedded fonts', async () => {
    const file = join(temporaryFolder(), 'stats.svg');
    assert.equal((await shareTo(file)).code, 0);
    const svg = readFileSync(file, 'utf8');
    assert.match(svg, /^<svg [^>]*width="1200" height="630"/);
    assert.equal(svg.match(/@font-face\{font-family:'Fira Sans'/g)?.length, 2);
  });

  it('draws text in both weights without any system font', async () => {
    const drawn = (weight: 400 | 500, said: string) =>
      png(
        `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="60" font-family="Fira Sans">${text(5, 40, said, { size: 30, fill: '#000', weight })}</svg>`,
      );
    const [empty, regular, medium] = await Promise.all([
      drawn(400, ''),
      drawn(400, '123'),
      drawn(500, '123'),
    ]);
    assert.notDeepEqual(regular, empty);
    assert.notDeepEqual(medium, regular);
  });

  it('names the supported file formats, and reports a file that cannot be written', async () => {
    const code = async (file: string) => (await shareTo(file)).json<{ error: { code: string } }>().error.code;
    assert.equal(await code('stats.jpeg'), 'INVALID_SHARE_FILE');
    assert.equal(await code(join(temporaryFolder(), 'no', 'folder', 'stats.svg')), 'SHARE_FAILED');
  });
});
