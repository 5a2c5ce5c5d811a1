import { join } from 'node:path';
import { envArgs, type Host, plainEntry, SERVER, words } from '../host.ts';

/** docs.devin.ai/cli/extensibility/mcp/configuration, 2026; never tried, since its installer is no npm package. */
export const devinCli: Host = {
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
};
