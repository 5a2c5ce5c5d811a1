import assert from 'node:assert/strict';
import { isAbsolute } from 'node:path';
import { describe, it } from 'node:test';
import { AgentPoolError } from '../lib/errors.ts';
import type { HostPlace } from './host.ts';
import { hostNamed } from './hosts.ts';
import { mcpConfig, snippet } from './mcp-config.ts';
import { serversIn } from './registration.ts';
import { type ServerCommand, serverCommand } from './server-command.ts';
import { hosts } from './table.ts';

const linux: HostPlace = { env: {}, home: '/home/me', platform: 'linux' };
const mac: HostPlace = { env: {}, home: '/Users/me', platform: 'darwin' };
const plain: ServerCommand = { command: 'agentpool', args: ['mcp'], env: {} };
const moved: ServerCommand = {
  ...plain,
  command: "/opt/my node's/bin/node",
  env: { AGENTPOOL_HOME: '/a b' },
};

describe('the configuration of a host', () => {
  for (const host of hosts.filter(({ format }) => format === 'json')) {
    it(`${host.id}: a whole JSON file, in which the server is found again`, () => {
      for (const server of [plain, moved]) {
        const text = snippet(mcpConfig(host, server, linux));
        assert.deepEqual(serversIn(text, host.servers), { agentpool: host.entry(server) });
      }
    });
  }

  it('codex: tables of TOML, the environment in one of its own', () => {
    assert.equal(
      snippet(mcpConfig(hostNamed('codex'), moved, linux)),
      [
        '[mcp_servers.agentpool]',
        'command = "/opt/my node\'s/bin/node"',
        'args = ["mcp"]',
        '',
        '[mcp_servers.agentpool.env]',
        'AGENTPOOL_HOME = "/a b"',
      ].join('\n'),
    );
  });

  it('vscode: the same object in its command and in its link', () => {
    const { install } = mcpConfig(hostNamed('vscode'), plain, linux);
    const object = { name: 'agentpool', type: 'stdio', command: 'agentpool', args: ['mcp'] };
    assert.equal(install.commands[0], `code --add-mcp '${JSON.stringify(object)}'`);
    const [, query = ''] = install.deeplink?.split('?') ?? [];
    assert.deepEqual(JSON.parse(decodeURIComponent(query)), object);
  });

  it('cursor: a link that holds the entry, whatever letters its base64 has', () => {
    const { install } = mcpConfig(hostNamed('cursor'), moved, linux);
    const link = new URL(install.deeplink ?? '');
    assert.equal(link.searchParams.get('name'), 'agentpool');
    const config = Buffer.from(link.searchParams.get('config') ?? '', 'base64').toString();
    assert.deepEqual(JSON.parse(config), hostNamed('cursor').entry(moved));
  });

  it('words that a shell takes as they were meant', () => {
    const { commands } = mcpConfig(hostNamed('claude-code'), moved, linux);
    assert.deepEqual(commands, [
      `claude mcp add --scope user agentpool -e 'AGENTPOOL_HOME=/a b' -- '/opt/my node'\\''s/bin/node' mcp`,
    ]);
  });

  it('its own file, on Linux and on macOS, where the user has moved it too', () => {
    const path = (id: string, place: HostPlace) => mcpConfig(hostNamed(id), plain, place).path;
    assert.equal(path('claude-desktop', linux), '/home/me/.config/Claude/claude_desktop_config.json');
    assert.equal(
      path('claude-desktop', mac),
      '/Users/me/Library/Application Support/Claude/claude_desktop_config.json',
    );
    assert.equal(path('codex', { ...linux, env: { CODEX_HOME: '/codex' } }), '/codex/config.toml');
    assert.equal(
      path('opencode', { ...linux, env: { XDG_CONFIG_HOME: '/c' } }),
      '/c/opencode/opencode.jsonc',
    );
  });

  it('to take whole paths where it does not have the PATH of a shell', () => {
    const hint = /--absolute-command/;
    const reported = (server: ServerCommand) =>
      mcpConfig(hostNamed('zed'), server, linux).install.instructions.join(' ');
    assert.match(reported(plain), hint);
    assert.doesNotMatch(reported(moved), hint);
  });
});

describe('the command of our server', () => {
  it('is our name, or this Node and this package by whole paths', () => {
    assert.deepEqual(serverCommand({}, { absolute: false }), plain);
    const { command, args } = serverCommand({}, { absolute: true });
    assert.ok(isAbsolute(command));
    assert.match(args.join(' '), /^\/.*dist\/main\.js mcp$/);
  });

  it('takes another home and another config along, as whole paths', () => {
    const { env } = serverCommand(
      { HOME: '/home/me', AGENTPOOL_HOME: '~/pool', AGENTPOOL_CONFIG: '/etc/pool.yaml' },
      { absolute: false },
    );
    assert.deepEqual(env, { AGENTPOOL_HOME: '/home/me/pool', AGENTPOOL_CONFIG: '/etc/pool.yaml' });
  });
});

describe('a host by its name', () => {
  it('is also found by the provider that it is, short or full', () => {
    assert.equal(hostNamed('claude').id, 'claude-code');
    assert.equal(hostNamed('cursor').id, 'cursor');
    assert.equal(hostNamed('droid-cli').id, 'droid');
    assert.equal(hostNamed('codex-cli').id, 'codex');
  });

  it('is refused with the nearest one when it is unknown', () =>
    assert.throws(
      () => hostNamed('winsurf'),
      (error) =>
        error instanceof AgentPoolError &&
        error.code === 'HOST_NOT_FOUND' &&
        error.details.example === 'agentpool mcp-config --client windsurf',
    ));
});
