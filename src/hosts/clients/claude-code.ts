import { join } from 'node:path';
import { envArgs, type Host, SERVER, words } from '../host.ts';

/** Arguments as `claude mcp add --help` of 2.1.330 has them. */
export const claudeCode: Host = {
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
  notes: ['--scope user applies to all your projects; --scope project writes .mcp.json in this repository.'],
};
