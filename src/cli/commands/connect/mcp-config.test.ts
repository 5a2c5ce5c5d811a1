import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Home } from '../../../workers/testing/home.ts';

/** A fake host: its command line logs its arguments to a file, and lists a server once it was added. */
const CODEX = `#!/bin/sh
added="$HOME/added"
case "$1 $2" in
  "mcp add") echo "$*" > "$added"; echo "Added global MCP server" ;;
  "mcp get") if [ -f "$added" ]; then echo '{}'; else echo "No MCP server named agentpool found." >&2; exit 1; fi ;;
  "login status") echo "Logged in using ChatGPT" ;;
  --version*) echo "codex-cli 0.169.0" ;;
esac
`;

function withCodex(script = CODEX): Home {
  const home = new Home();
  const bin = join(home.ground, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'codex'), script, { mode: 0o755 });
  home.env.PATH = `${bin}:${home.env.PATH}`;
  return home;
}

describe('mcp-config', () => {
  const home = new Home();

  it('prints the content of the file to stdout, and everything else to stderr', async () => {
    const { stdout, stderr } = await home.run(['mcp-config', '--client', 'cursor']);
    assert.equal(JSON.parse(stdout).mcpServers.agentpool.command, 'agentpool');
    assert.match(stderr, /goes into .*\.cursor\/mcp\.json/);
    assert.ok(!existsSync(home.folder), 'it made a home');
  });

  it('with --install prints one line: the command, or the link', async () => {
    const line = async (client: string) =>
      (await home.run(['mcp-config', '--client', client, '--install'])).stdout;
    assert.match(await line('gemini'), /^gemini mcp add --scope user .* agentpool agentpool mcp\n$/);
    assert.match(await line('cursor'), /^cursor:\/\/anysphere\S+\n$/);
  });

  it('lists the known hosts for an unknown one', async () => {
    const { error } = await home.json(['mcp-config', '--client', 'cursr']);
    assert.equal(error.code, 'HOST_NOT_FOUND');
    assert.equal(error.details.example, 'agentpool mcp-config --client cursor');
  });
});

describe('mcp-config --apply', () => {
  it('shows the command, lets the host run it, and asks the host again', async () => {
    const home = withCodex();
    const { code, stdout, stderr } = await home.run(['mcp-config', '--client', 'codex', '--apply']);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^\$ codex mcp add agentpool --env AGENTPOOL_HOME=\S+ -- agentpool mcp\n$/);
    assert.match(stdout, /Added global MCP server\n✓ Codex: codex mcp get agentpool shows it/);
    const words = readFileSync(join(home.env.HOME ?? '', 'added'), 'utf8');
    assert.equal(words.trim(), stderr.trim().replace('$ codex ', ''));
  });

  it('runs no command if the host has the server already', async () => {
    const home = withCodex();
    await home.run(['mcp-config', '--client', 'codex', '--apply']);
    const { applied } = await home.json(['mcp-config', '--client', 'codex', '--apply']);
    assert.deepEqual([applied.changed, applied.registration.status], [false, 'registered']);
  });

  it('reports the message of a host that refuses', async () => {
    const refusing = CODEX.replace(
      /"mcp add"\) .*/,
      '"mcp add") echo "config.toml is broken" >&2; exit 1 ;;',
    );
    const { error } = await withCodex(refusing).json(['mcp-config', '--client', 'codex', '--apply']);
    assert.equal(error.code, 'APPLY_FAILED');
    assert.match(error.message, /config\.toml is broken/);
  });

  it('refuses a host without such a command, names its file, and writes nothing', async () => {
    const home = new Home();
    const { error } = await home.json(['mcp-config', '--client', 'zed', '--apply']);
    assert.equal(error.code, 'APPLY_NOT_OFFERED');
    assert.ok(!existsSync(error.details.path));
  });

  it('refuses a host that is not installed', async () => {
    const home = new Home();
    home.env.PATH = '/nowhere';
    const { error } = await home.json(['mcp-config', '--client', 'gemini', '--apply']);
    assert.equal(error.code, 'HOST_NOT_INSTALLED');
  });
});

describe('setup', () => {
  it('finds an agent ready, then its host registered, and creates nothing', async () => {
    const home = withCodex();
    const before = await home.json(['setup', 'codex']);
    const check = (report: typeof before, name: string) =>
      report.checks.find((each: { name: string }) => each.name === name);
    assert.equal(before.ok, true, JSON.stringify(before.checks));
    assert.equal(check(before, 'sign_in').status, 'authenticated');
    assert.equal(check(before, 'mcp').status, 'not_registered');
    assert.ok(!existsSync(home.folder), 'it made a home');
    await home.run(['mcp-config', '--client', 'codex', '--apply']);
    assert.equal(check(await home.json(['setup', 'codex']), 'mcp').status, 'registered');
  });

  it('says how to install a missing agent, and exits 1', async () => {
    const home = new Home();
    home.env.PATH = '/nowhere';
    const { code, stdout } = await home.run(['setup', 'devin-cli']);
    assert.equal(code, 1);
    assert.match(stdout, /✗ installed .*\n.*\n? *→ see https:\/\/cli\.devin\.ai/);
  });

  it('summarises all agents in 80 columns', async () => {
    const { stdout } = await withCodex().run(['setup', 'all']);
    assert.match(stdout, /● codex +signed in/);
    assert.match(stdout.replace(/\n {2}/g, ' '), /○ not installed: claude-code, cursor-cli, .*devin-cli/);
    assert.ok(
      stdout.split('\n').every((line) => line.length <= 80),
      stdout,
    );
  });

  it('asks for limits only with --backend, and records them', async () => {
    const home = withCodex();
    const reported = await home.json(['setup', 'codex', '--backend', 'native', '--no-interactive']);
    assert.equal(reported.usage_backend, 'native');
    assert.ok(existsSync(join(home.folder, 'ledger.sqlite')));
  });

  it('refuses an unknown target with the nearest one', async () => {
    const { error } = await new Home().json(['setup', 'claude-cod']);
    assert.equal(error.details.example, 'agentpool setup claude-code');
  });
});

describe('skills', () => {
  it('can be listed, printed and located by a host without documentation', async () => {
    const home = new Home();
    const { skills } = await home.json(['skills', 'list']);
    const { path } = await home.json(['skills', 'path', skills[0].name]);
    const { stdout } = await home.run(['skills', 'get', 'core']);
    assert.equal(stdout, readFileSync(join(path, 'SKILL.md'), 'utf8'));
    const full = await home.run(['skills', 'get', '--full']);
    assert.match(full.stdout, /# Worked examples/);
  });
});

describe('onboard', () => {
  it('shows an agent the rules, the first commands and the documents to read', async () => {
    const reported = await new Home().json(['onboard']);
    assert.ok(reported.mcp_resources.includes('agentpool://skill.md'));
    assert.match(reported.rules.join(), /never chooses/);
    assert.equal(reported.mcp_host_config.mcpServers.agentpool.command, 'agentpool');
  });
});
