import { join } from 'node:path';
import { envArgs, type Host, SERVER, words } from '../host.ts';

/** Arguments as `opencode mcp add --help` of 1.18.33 has them; it writes opencode.jsonc where there is no other. */
export const opencode: Host = {
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
};
