import { join } from 'node:path';
import { type Host, plainEntry, SERVER } from '../host.ts';
import type { ServerCommand } from '../server-command.ts';

const entry = (server: ServerCommand) => ({ type: 'stdio', ...plainEntry(server) });

/** The editor and its agent on the command line share one file (cursor.com/docs/mcp, 2026). */
export const cursor: Host = {
  id: 'cursor',
  display_name: 'Cursor',
  provider: 'cursor-cli',
  program: 'cursor',
  windowed: true,
  format: 'json',
  path: ({ home }) => join(home, '.cursor', 'mcp.json'),
  project_path: '.cursor/mcp.json',
  servers: ['mcpServers'],
  entry,
  deeplink: (server) => {
    const config = Buffer.from(JSON.stringify(entry(server))).toString('base64');
    return `cursor://anysphere.cursor-deeplink/mcp/install?name=${SERVER}&config=${encodeURIComponent(config)}`;
  },
  verify: ['agent mcp list', 'In the editor: Settings, MCP lists agentpool with its tools'],
  notes: ['When you open the link, Cursor asks before it adds the server.'],
};
