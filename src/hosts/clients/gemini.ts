import { join } from 'node:path';
import { envArgs, type Host, plainEntry, SERVER, words } from '../host.ts';

/** Arguments as `gemini mcp add --help` of 0.61.0 has them. */
export const gemini: Host = {
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
};
