import { join } from 'node:path';
import { type Host, plainEntry, SERVER } from '../host.ts';
import type { ServerCommand } from '../server-command.ts';

const entry = (server: ServerCommand) => ({ type: 'stdio', ...plainEntry(server) });
const named = (server: ServerCommand) => JSON.stringify({ name: SERVER, ...entry(server) });

/** code.visualstudio.com/docs/copilot, 2026: `--add-mcp`, and the same object in a link. */
export const vscode: Host = {
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
  entry,
  add: (server) => ['--add-mcp', named(server)],
  deeplink: (server) => `vscode:mcp/install?${encodeURIComponent(named(server))}`,
  verify: ['Command palette: MCP: List Servers shows agentpool'],
  notes: ['The tools are available in the agent mode of the chat.'],
};
