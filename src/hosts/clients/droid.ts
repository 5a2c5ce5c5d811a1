import { join } from 'node:path';
import { envArgs, type Host, plainEntry, SERVER, words } from '../host.ts';

/** Arguments as `droid mcp add --help` of 0.215.0 has them. */
export const droid: Host = {
  id: 'droid',
  display_name: 'Droid',
  provider: 'droid-cli',
  program: 'droid',
  format: 'json',
  path: ({ home }) => join(home, '.factory', 'mcp.json'),
  project_path: '.factory/mcp.json',
  servers: ['mcpServers'],
  entry: (server) => ({ type: 'stdio', ...plainEntry(server) }),
  add: (server) => ['mcp', 'add', SERVER, ...envArgs(server), '--', ...words(server)],
  remove: ['mcp', 'remove', SERVER],
  verify: ['droid mcp list'],
  notes: [],
};
