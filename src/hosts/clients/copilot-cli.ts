import { join } from 'node:path';
import { envArgs, type Host, plainEntry, SERVER, words } from '../host.ts';

/** Arguments as `copilot mcp add --help` of 1.0.102 has them. */
export const copilotCli: Host = {
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
};
