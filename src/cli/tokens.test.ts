import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { TestHome } from './testing/built.ts';

describe('agentpool tokens', () => {
  it('tells what was used and what it would have cost, for people and for programs', async () => {
    const home = new TestHome();
    assert.match((await home.run(['tokens'])).stdout, /No agent has written down any tokens/);
    const folder = join(home.env.HOME ?? '', '.claude', 'projects', 'p');
    mkdirSync(folder, { recursive: true });
    const line = {
      timestamp: new Date().toISOString(),
      cwd: '/home/dev/shop',
      message: {
        id: 'm',
        model: 'claude-sonnet-4-6',
        usage: { input_tokens: 2_000_000, output_tokens: 12_345 },
      },
    };
    writeFileSync(join(folder, 's.jsonl'), `${JSON.stringify(line)}\n`);
    const { stdout } = await home.run(['tokens', '--by', 'project']);
    assert.match(stdout, /\/home\/dev\/shop +claude-code +2\.0M +0 +12k +\$\d+\.\d\d/);
    const { rows, totals } = await home.json(['tokens', '--by', 'model', '--since', '1d']);
    assert.deepEqual([rows[0].group, totals.answers], ['claude-sonnet-4-6', 1]);
  });

  it('refuses a window that is none', async () => {
    const { error } = await new TestHome().json(['tokens', '--since', 'yesterday-ish']);
    assert.equal(error.code, 'INVALID_WINDOW');
  });
});
