import { join } from 'node:path';
import { envArgs, type Host, type HostEntry, plainEntry, SERVER, words } from './host.ts';
import type { ServerCommand } from './server-command.ts';

/** Every MCP host, in the order in which they are listed. A comment says where a host's arguments were seen. */
export const hosts: readonly Host[] = [
  /** Any other host: nearly all accept this format. */
  {
    id: 'generic',
    display_name: 'Any MCP host',
    provider: null,
    program: null,
    format: 'json',
    path: null,
    project_path: '.mcp.json',
    servers: ['mcpServers'],
    entry: plainEntry,
    verify: ['The host lists agentpool with its tools'],
    notes: ['Add this to the MCP configuration of your host, then restart the host.'],
  },
  /** The editor and its agent on the command line share one file (cursor.com/docs/mcp, 2026). */
  {
    id: 'cursor',
    display_name: 'Cursor',
    provider: 'cursor-cli',
    program: 'cursor',
    windowed: true,
    format: 'json',
    path: ({ home }) => join(home, '.cursor', 'mcp.json'),
    project_path: '.cursor/mcp.json',
    servers: ['mcpServers'],
    entry: stdioEntry,
    deeplink: (server) => {
      const config = Buffer.from(JSON.stringify(stdioEntry(server))).toString('base64');
      return `cursor://anysphere.cursor-deeplink/mcp/install?name=${SERVER}&config=${encodeURIComponent(config)}`;
    },
    verify: ['agent mcp list', 'In the editor: Settings, MCP lists agentpool with its tools'],
    notes: ['When you open the link, Cursor asks before it adds the server.'],
  },
  /** Arguments as `claude mcp add --help` of 2.1.330 has them. */
  {
    id: 'claude-code',
    display_name: 'Claude Code',
    provider: 'claude-code',
    program: 'claude',
    format: 'json',
    path: ({ env, home }) => join(env.CLAUDE_CONFIG_DIR || home, '.claude.json'),
    project_path: '.mcp.json',
    servers: ['mcpServers'],
    entry: ({ command, args, env }) => ({ type: 'stdio', command, args, env }),
    add: (server) => [
      'mcp',
      'add',
      '--scope',
      'user',
      SERVER,
      ...envArgs(server, '-e'),
      '--',
      ...words(server),
    ],
    remove: ['mcp', 'remove', SERVER, '--scope', 'user'],
    get: ['mcp', 'get', SERVER],
    verify: [`claude mcp get ${SERVER}`],
    notes: [
      '--scope user applies to all your projects; --scope project writes .mcp.json in this repository.',
    ],
  },
  {
    id: 'claude-desktop',
    display_name: 'Claude Desktop',
    provider: null,
    program: null,
    windowed: true,
    format: 'json',
    path: ({ home, platform, env }) =>
      platform === 'darwin'
        ? join(home, 'Library', 'Application Support', 'Claude', 'claude_desktop_config.json')
        : join(env.XDG_CONFIG_HOME || join(home, '.config'), 'Claude', 'claude_desktop_config.json'),
    project_path: null,
    servers: ['mcpServers'],
    entry: plainEntry,
    verify: ['Settings, Developer lists agentpool as running'],
    notes: ['Settings, Developer, Edit Config opens the file. Quit Claude Desktop and start it again.'],
  },
  /** Arguments as `codex mcp add --help` of 0.169.0 has them. */
  {
    id: 'codex',
    display_name: 'Codex',
    provider: 'codex-cli',
    program: 'codex',
    format: 'toml',
    path: ({ env, home }) => join(env.CODEX_HOME || join(home, '.codex'), 'config.toml'),
    project_path: '.codex/config.toml',
    servers: ['mcp_servers'],
    entry: plainEntry,
    toml: tomlTables,
    add: (server) => ['mcp', 'add', SERVER, ...envArgs(server), '--', ...words(server)],
    remove: ['mcp', 'remove', SERVER],
    get: ['mcp', 'get', SERVER, '--json'],
    verify: [`codex mcp get ${SERVER}`],
    notes: ['The command line and the IDE extension of Codex share this file.'],
  },
  /** Arguments as `copilot mcp add --help` of 1.0.102 has them. */
  {
    id: 'copilot-cli',
    display_name: 'GitHub Copilot CLI',
    provider: 'copilot-cli',
    program: 'copilot',
    format: 'json',
    path: ({ env, home }) => join(env.COPILOT_HOME || join(home, '.copilot'), 'mcp-config.json'),
    project_path: '.mcp.json',
    servers: ['mcpServers'],
    entry: (server) => ({ type: 'local', ...plainEntry(server), tools: ['*'] }),
    add: (server) => ['mcp', 'add', SERVER, ...envArgs(server), '--', ...words(server)],
    remove: ['mcp', 'remove', SERVER],
    get: ['mcp', 'get', SERVER, '--json'],
    menu: {
      command: '/mcp add',
      fields: (server) => ({
        'Server Name': SERVER,
        'Server Type': 'Local',
        Command: words(server).join(' '),
        Tools: '*',
      }),
    },
    verify: [`copilot mcp get ${SERVER}`],
    notes: [],
  },
  /** code.visualstudio.com/docs/copilot, 2026: `--add-mcp`, and the same object in a link. */
  {
    id: 'vscode',
    display_name: 'VS Code',
    provider: null,
    program: 'code',
    windowed: true,
    format: 'json',
    path: ({ home, platform, env }) =>
      platform === 'darwin'
        ? join(home, 'Library', 'Application Support', 'Code', 'User', 'mcp.json')
        : join(env.XDG_CONFIG_HOME || join(home, '.config'), 'Code', 'User', 'mcp.json'),
    project_path: '.vscode/mcp.json',
    servers: ['servers'],
    entry: stdioEntry,
    add: (server) => ['--add-mcp', vscodeEntry(server)],
    deeplink: (server) => `vscode:mcp/install?${encodeURIComponent(vscodeEntry(server))}`,
    verify: ['Command palette: MCP: List Servers shows agentpool'],
    notes: ['The tools are available in the agent mode of the chat.'],
  },
  /** docs.windsurf.com/windsurf/cascade/mcp, 2026. */
  {
    id: 'windsurf',
    display_name: 'Windsurf',
    provider: null,
    program: null,
    windowed: true,
    format: 'json',
    path: ({ home }) => join(home, '.codeium', 'windsurf', 'mcp_config.json'),
    project_path: null,
    servers: ['mcpServers'],
    entry: plainEntry,
    verify: ['The MCP menu of Cascade lists agentpool with its tools'],
    notes: ['Settings, Cascade, MCP servers opens the file. Press refresh there afterwards.'],
  },
  /** zed.dev/docs/ai/mcp, 2026. */
  {
    id: 'zed',
    display_name: 'Zed',
    provider: null,
    program: null,
    windowed: true,
    format: 'json',
    path: ({ home, platform, env }) =>
      join((platform === 'linux' && env.XDG_CONFIG_HOME) || join(home, '.config'), 'zed', 'settings.json'),
    project_path: '.zed/settings.json',
    servers: ['context_servers'],
    entry: plainEntry,
    verify: ['The settings of the agent panel show a green dot next to agentpool'],
    notes: ['`zed: open settings file` in the command palette opens the file.'],
  },
  /** Arguments as `opencode mcp add --help` of 1.18.33 has them; it writes opencode.jsonc where there is no other. */
  {
    id: 'opencode',
    display_name: 'OpenCode',
    provider: 'opencode',
    program: 'opencode',
    format: 'json',
    path: ({ env, home }) => join(env.XDG_CONFIG_HOME || join(home, '.config'), 'opencode', 'opencode.jsonc'),
    project_path: 'opencode.json',
    servers: ['mcp'],
    entry: (server) => ({
      type: 'local',
      command: words(server),
      ...(Object.keys(server.env).length > 0 ? { environment: server.env } : {}),
    }),
    add: (server) => ['mcp', 'add', SERVER, ...envArgs(server), '--', ...words(server)],
    verify: ['opencode mcp list'],
    notes: [
      'If you have an opencode.json, the server is added there. OpenCode has no command to remove a server.',
    ],
  },
  /** Arguments as `droid mcp add --help` of 0.215.0 has them. */
  {
    id: 'droid',
    display_name: 'Droid',
    provider: 'droid-cli',
    program: 'droid',
    format: 'json',
    path: ({ home }) => join(home, '.factory', 'mcp.json'),
    project_path: '.factory/mcp.json',
    servers: ['mcpServers'],
    entry: stdioEntry,
    add: (server) => ['mcp', 'add', SERVER, ...envArgs(server), '--', ...words(server)],
    remove: ['mcp', 'remove', SERVER],
    verify: ['droid mcp list'],
    notes: [],
  },
  /** Arguments as `gemini mcp add --help` of 0.61.0 has them. */
  {
    id: 'gemini',
    display_name: 'Gemini CLI',
    provider: null,
    program: 'gemini',
    format: 'json',
    path: ({ home }) => join(home, '.gemini', 'settings.json'),
    project_path: '.gemini/settings.json',
    servers: ['mcpServers'],
    entry: plainEntry,
    add: (server) => ['mcp', 'add', '--scope', 'user', ...envArgs(server), SERVER, ...words(server)],
    remove: ['mcp', 'remove', '--scope', 'user', SERVER],
    verify: ['gemini mcp list'],
    notes: ['Gemini CLI starts servers only in trusted folders.'],
  },
  /** docs.devin.ai/cli/extensibility/mcp/configuration, 2026; never tried, since its installer is no npm package. */
  {
    id: 'devin-cli',
    display_name: 'Devin CLI',
    provider: 'devin-cli',
    program: 'devin',
    format: 'json',
    path: ({ home, env }) => join(env.XDG_CONFIG_HOME || join(home, '.config'), 'devin', 'config.json'),
    project_path: '.devin/config.json',
    servers: ['mcpServers'],
    entry: plainEntry,
    add: (server) => ['mcp', 'add', '-s', 'user', ...envArgs(server), SERVER, '--', ...words(server)],
    remove: ['mcp', 'remove', SERVER],
    get: ['mcp', 'get', SERVER],
    verify: [`devin mcp get ${SERVER}`],
    notes: [],
  },
];

/** `plainEntry` for hosts that want the transport named. */
function stdioEntry(server: ServerCommand): HostEntry {
  return { type: 'stdio', ...plainEntry(server) };
}

/** The argument of `--add-mcp`, and what a link to VS Code carries. */
function vscodeEntry(server: ServerCommand): string {
  return JSON.stringify({ name: SERVER, ...stdioEntry(server) });
}

/** A JSON string is a basic string of TOML, and an array of them an array. */
function tomlTables({ command, args, env }: ServerCommand): string {
  const lines = [
    `[mcp_servers.${SERVER}]`,
    `command = ${JSON.stringify(command)}`,
    `args = [${args.map((arg) => JSON.stringify(arg)).join(', ')}]`,
  ];
  const variables = Object.entries(env).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
  const table = variables.length > 0 ? ['', `[mcp_servers.${SERVER}.env]`, ...variables] : [];
  return [...lines, ...table].join('\n');
}
