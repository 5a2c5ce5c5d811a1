import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { AGENT_IDS } from '../../config/provider-ids.ts';
import { packageRoot } from '../../lib/package-root.ts';
import { BACKENDS } from '../backends/index.ts';
import { sourcesOf } from './sources.ts';

const page = readFileSync(join(packageRoot(), 'docs', 'usage-sources.md'), 'utf8');

describe('docs/usage-sources.md', () => {
  it('lists every source with its deadline, confidence, hosts and opt-in', async () => {
    const pairs = AGENT_IDS.flatMap((id) => BACKENDS.map((backend) => [id, backend] as const));
    const sources = (await Promise.all(pairs.map((pair) => sourcesOf(...pair)))).flat();
    for (const { id, deadline_ms, confidence, reach, opt_in, hosts } of sources) {
      const row = page.split('\n').find((line) => line.includes(`\`${id}\` |`));
      assert.ok(row, `no row of ${id}`);
      assert.ok(row.endsWith(`| ${deadline_ms / 1000} s | ${confidence} |`), row);
      assert.equal(row.includes('| none |'), reach === 'offline', row);
      for (const host of hosts) assert.ok(row.includes(host), `${host} in ${row}`);
      if (opt_in) assert.ok(row.includes(opt_in), row);
    }
  });

  it('lists the sources of a provider in the order in which they are tried', async () => {
    for (const provider of AGENT_IDS) {
      const places = (await sourcesOf(provider, 'native')).map(({ id }) => page.indexOf(`\`${id}\` |`));
      assert.deepEqual(
        places,
        places.toSorted((a, b) => a - b),
        provider,
      );
    }
  });
});
