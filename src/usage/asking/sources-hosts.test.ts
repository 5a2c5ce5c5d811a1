import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { SourceContext, UsageSource } from '../../agents/contract/limits/reading.ts';
import { AGENT_IDS } from '../../config/provider-ids.ts';
import { sourcesOf } from './sources.ts';

const home = mkdtempSync(join(tmpdir(), 'ap-asked-'));
after(() => rmSync(home, { recursive: true, force: true }));

/** A login of every agent that stores one. */
const LOGINS = {
  '.config/cursor/auth.json': '{"accessToken":"made-up"}',
  '.local/share/devin/credentials.toml': 'windsurf_api_key = "made-up"\n',
};
for (const [file, text] of Object.entries(LOGINS)) {
  mkdirSync(dirname(join(home, file)), { recursive: true });
  writeFileSync(join(home, file), text);
}
const KEYS = { GITHUB_TOKEN: 'made-up', FACTORY_API_KEY: 'made-up', OPENCODE_API_KEY: 'made-up' };

/** Reads one source while no program can be started; returns the hosts that it asked itself. */
async function hostsAsked(source: UsageSource): Promise<string[]> {
  const hosts: string[] = [];
  const context: SourceContext = {
    env: KEYS,
    home,
    now: () => new Date(),
    agent: null,
    helpers: {},
    workdir: home,
    start: () => assert.fail(`${source.id} started a program`),
    fetch: async (url) => {
      hosts.push(new URL(String(url)).host);
      return new Response('', { status: 500 });
    },
    signal: AbortSignal.timeout(60_000),
  };
  await source.read(context);
  return hosts;
}

const sources = (await Promise.all(AGENT_IDS.map((id) => sourcesOf(id, 'combined')))).flat();

describe('the hosts that a source asks', () => {
  it('are those that it declares, and no others', async () => {
    const direct: string[] = [];
    for (const source of sources) {
      const hosts = await hostsAsked(source);
      for (const host of hosts) assert.ok(source.hosts.includes(host), `${source.id} asked ${host}`);
      if (hosts.length > 0) direct.push(source.id);
    }
    assert.deepEqual(direct.toSorted(), [
      'copilot-user-endpoint',
      'cursor-period-usage',
      'devin-plan-status',
      'devin-user-status',
      'droid-billing-limits',
      'opencode-go',
    ]);
  });

  it('are none for a source that reads this disk', () => {
    for (const { id, reach, hosts } of sources) if (reach === 'offline') assert.deepEqual([...hosts], [], id);
  });
});
