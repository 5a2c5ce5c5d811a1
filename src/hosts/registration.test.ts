import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { defaultConfig } from '../config/file/defaults.ts';
import { parseJsonc } from '../lib/text/jsonc.ts';
import { hostNamed } from './hosts.ts';
import { type AskedPlace, registrationOf } from './registration.ts';

const ground = mkdtempSync(join(tmpdir(), 'ap-hosts-'));
after(() => rmSync(ground, { recursive: true, force: true }));

/** A user of its own, with these files, and with programs that do what their script says. */
function user(
  name: string,
  files: Record<string, string>,
  programs: Record<string, string> = {},
): AskedPlace {
  const home = join(ground, name);
  const cwd = join(home, 'repo');
  mkdirSync(join(home, 'bin'), { recursive: true });
  mkdirSync(cwd);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home, file)), { recursive: true });
    writeFileSync(join(home, file), text);
  }
  for (const [program, script] of Object.entries(programs)) {
    writeFileSync(join(home, 'bin', program), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  const env = { HOME: home, PATH: `${join(home, 'bin')}:/usr/bin:/bin` };
  return { env, home, cwd, platform: 'linux', config: defaultConfig() };
}

const status = async (id: string, place: AskedPlace) => (await registrationOf(hostNamed(id), place)).status;

describe('whether a host knows our server', () => {
  it('is read in its file, with the comments and commas that editors leave there', async () => {
    const settings = '{\n  // mine: "a // b"\n  "context_servers": { "agentpool": { "command": "x", }, },\n}';
    const place = user('zed', { '.config/zed/settings.json': settings });
    assert.equal(await status('zed', place), 'registered');
    assert.equal(await status('windsurf', place), 'not_registered');
  });

  it('is read in the file of the repository too', async () => {
    const place = user('project', { 'repo/.cursor/mcp.json': '{"mcpServers":{"agentpool":{}}}' });
    assert.equal(await status('cursor', place), 'registered');
  });

  it('is unknown where the file can not be understood', async () => {
    const place = user('broken', { '.factory/mcp.json': '{"mcpServers":' });
    const { status, message } = await registrationOf(hostNamed('droid'), place);
    assert.equal(status, 'unknown');
    assert.match(message, /mcp\.json cannot be read as JSON/);
  });

  it('is asked of its own command line, which may have tried it', async () => {
    const place = user('asked', {}, { claude: 'echo "agentpool:\n  Status: ✔ Connected"' });
    const { status, message } = await registrationOf(hostNamed('claude-code'), place);
    assert.deepEqual([status, message], ['registered', 'claude mcp get agentpool: ✔ Connected']);
  });

  it('is not so where the command line says so, and unknown where that fails or is not there', async () => {
    const place = user(
      'says',
      {},
      {
        codex: 'echo "Error: No MCP server named agentpool found." >&2; exit 1',
        copilot: 'echo "segmentation fault" >&2; exit 139',
      },
    );
    const bare = { ...place, env: { ...place.env, PATH: '/nowhere' }, home: '/nowhere' };
    assert.equal(await status('codex', place), 'not_registered');
    assert.equal(await status('copilot-cli', place), 'unknown');
    assert.equal(await status('devin-cli', bare), 'unknown');
  });
});

describe('JSON as editors take it', () => {
  it('keeps strings that look like comments or trailing commas', () =>
    assert.deepEqual(parseJsonc('{"a": "/* no */ // ,}", /* gone */ "b": [1, 2, /* x */ ], // end\n}'), {
      a: '/* no */ // ,}',
      b: [1, 2],
    }));
});
